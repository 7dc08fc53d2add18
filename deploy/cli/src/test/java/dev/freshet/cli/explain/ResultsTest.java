package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.cli.Failure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private final StringWriter printed = new StringWriter();
  private final PrintWriter out = new PrintWriter(printed, true);

  @Test
  void eachOfSeveralHasItsHeadingAndProblems() {
    Results results = new Results(out, 3);
    results.begin("a.sql");
    results.end(List.of());
    results.begin("SELECT a\n  FROM b");
    results.end(List.of("View b: one", "View b: two"));
    results.begin("c");
    results.end(List.of("View c: it is no .sql file; give a file, or a query"));

    assertThat(printed.toString().lines())
        .containsExactly(
            "[1 of 3] a.sql",
            "",
            "[2 of 3] SELECT a FROM b",
            "  refused  View b: one",
            "  refused  View b: two",
            "",
            "[3 of 3] c",
            "  refused  View c: it is no .sql file; give a file, or a query");
    assertThatThrownBy(results::failIfRefused)
        .isInstanceOf(Failure.class)
        .hasMessage("Views: 2 of 3 are refused; correct what stands under their headings");
  }

  @Test
  void theProblemsOfOneAreTheFailure() {
    Results results = new Results(out, 1);
    results.begin("a.sql");
    results.end(List.of("View a: one", "View a: two"));
    assertThat(printed.toString()).isEmpty();
    assertThatThrownBy(results::failIfRefused).hasMessage("View a: one\nView a: two");
  }

  @Test
  void nothingFailsIfAllAreAccepted() {
    Results results = new Results(out, 2);
    for (String argument : List.of("a", "b")) {
      results.begin(argument);
      results.end(List.of());
    }
    assertThatCode(results::failIfRefused).doesNotThrowAnyException();
  }
}
