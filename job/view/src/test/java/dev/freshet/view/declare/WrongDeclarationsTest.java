package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The wrong declarations of {@code wrong-declarations.txt}: each is refused with all its messages,
 * word by word, and who follows them is accepted.
 */
class WrongDeclarationsTest {
  private static final String HEAD =
      """
      CREATE MATERIALIZED TABLE my_orders (PRIMARY KEY (customer_id, id) NOT ENFORCED)
      PARTITIONED BY (customer_id)
      FRESHNESS = INTERVAL '5' SECOND AS
      """;

  /**
   * A case of the file.
   *
   * @param messages the whole text of the exception
   * @param instead a declaration that follows the messages; empty if there is none
   */
  private record Case(String name, String declaration, String messages, String instead) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Case> all() throws IOException {
    try (InputStream in =
        WrongDeclarationsTest.class.getResourceAsStream("/wrong-declarations.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Case> all = new ArrayList<>();
      for (String each : text.split("(?m)^=== ", -1)) {
        if (!each.startsWith("#")) {
          all.add(read(each));
        }
      }
      return all;
    }
  }

  private static Case read(String text) {
    int end = text.indexOf('\n');
    String[] parts = text.substring(end + 1).strip().split("\n--- (?=told|instead)", -1);
    assertThat(parts.length).as("the parts of '%s'", text).isBetween(2, 3);
    return new Case(
        text.substring(0, end),
        declaration(parts[0]),
        parts[1].substring("told\n".length()),
        parts.length > 2 ? declaration(parts[2].substring("instead\n".length())) : "");
  }

  /** A query stands behind the head. */
  private static String declaration(String text) {
    return text.startsWith("SELECT") || text.startsWith("WITH") ? HEAD + text : text;
  }

  static Stream<Case> wrong() throws IOException {
    return all().stream();
  }

  static Stream<Case> corrected() throws IOException {
    return all().stream().filter(each -> !each.instead().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void tellsAllProblems(Case wrong) {
    ViewException refused =
        catchThrowableOfType(
            ViewException.class, () -> Planner.plan(wrong.declaration(), Shop.tables()));

    assertThat(refused).as("accepted: %s", wrong.declaration()).isNotNull();
    assertThat(refused.getMessage()).as(wrong.declaration()).isEqualTo(wrong.messages());
  }

  @ParameterizedTest
  @MethodSource("corrected")
  void acceptsWhatTheMessagesAdvise(Case wrong) {
    assertThat(Planner.plan(wrong.instead(), Shop.withGeneratedColumns()).view())
        .isEqualTo("my_orders");
  }

  @Test
  void hasWhatPeopleDoWrong() throws IOException {
    assertThat(all()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(all()).extracting(Case::name).doesNotHaveDuplicates();
    assertThat(corrected()).hasSizeGreaterThanOrEqualTo(20);
  }
}
