package dev.freshet.cli.letters;

import static dev.freshet.view.stream.LetterBuilder.NOON;
import static dev.freshet.view.stream.LetterBuilder.user;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.view.stream.FailureMessage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LetterTextTest {
  private final StringWriter out = new StringWriter();
  private final LetterText text = new LetterText(new PrintWriter(out), NOON.plusSeconds(200));

  @Test
  void aTableHasALineForEach() {
    FailureMessage seven = user(7).message("no\n\u001b[31mred text").build();
    text.table(List.of(seven, user(123_456).build()));

    assertThat(out.toString().lines().toList())
        .hasSize(3)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).startsWith("id ").endsWith("message");
              assertThat(lines.get(1))
                  .startsWith(seven.row() + "  unread  shop.users  id=7 ")
                  .contains("  unstorable-value  2 ")
                  .contains("2026-01-31T12:00:00Z (3 min 20 s ago)")
                  .endsWith("no [31mred text");
            });
  }

  @Test
  void aLetterIsShownCompletely() {
    text.whole(user(7).build());

    assertThat(out.toString())
        .contains("binlog.000012:4567, change 1")
        .contains("shop.users (u in the view's query)")
        .contains("\"name\" : \"secret\\u0000b\"");
  }

  @Test
  void jsonIsTheMessageOnKafka() throws IOException {
    FailureMessage seven = user(7).build();
    text.jsonTable(List.of(seven));
    JsonNode table = new ObjectMapper().readTree(out.toString());

    assertThat(table).hasSize(1);
    assertThat(table.get(0)).isEqualTo(new ObjectMapper().readTree(seven.toJson()));
  }
}
