package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Endpoints;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code freshet bench}. In the full size it measures, from a process of its own, a key of 10 and
 * one of 100,000 conversations.
 */
@Tag(SharedSystem.TAG)
class BenchIT {
  private static final String VIEW = "unread_conversations";
  private static final int SITE = 9_009;
  private static final Pattern STRAYS = Pattern.compile("\\(([\\d,]+) of ([\\d,]+) from elsewhere");

  @Test
  void bothSidesAreMeasuredWithTheSameQuestions() throws Exception {
    Launcher.Result all = bench("--threads=2");
    assertThat(all.code()).as("%s", all.output()).isZero();
    assertThat(all.output())
        .anyMatch(line -> line.matches(".*200 keys +reader +[\\d,]+/s +p50 .* p99 .*ms.*"))
        .anyMatch(line -> line.matches(".*200 keys +MySQL +[\\d,]+/s +p50 .* p99 .*ms"));
  }

  @Test
  void aLargeKeyCostsAPageLikeASmallOne() throws Exception {
    int large = FULL ? 100_000 : 1_000;
    try (Sides sides = new Sides(Endpoints.read(SharedSystem.launcher().layout().endpoints()))) {
      converse(sides, 9_000_001, 9_000_000_000L, 10);
      converse(sides, 9_000_002, 9_100_000_000L, large);
      sides.awaitApplied(sides.position());
      assertThat(sides.ask(VIEW, "9000001/" + SITE, 50).path("total").asText()).isEqualTo("10");
      assertThat(sides.ask(VIEW, "9000002/" + SITE, 50).path("total").asText())
          .isEqualTo(large > 1000 ? "1000+" : "1000");
    }
    Launcher.Result one = bench("--limit=10", "--key=9000001/9009", "--key=9000002/9009");
    assertThat(one.code()).as("%s", one.output()).isZero();
    assertThat(one.output())
        .anyMatch(line -> line.matches(".*key 9000002/9009 beside key 9000001/9009: p50 .*"));
  }

  /** On a machine that stands still for seconds, some answers are too old for the projection. */
  private static Launcher.Result bench(String... more) throws Exception {
    String[] command = new String[more.length + 3];
    command[0] = "bench";
    command[1] = VIEW;
    command[2] = "--seconds=" + (FULL ? 10 : 1);
    System.arraycopy(more, 0, command, 3, more.length);
    Launcher.Result result = SharedSystem.launcher().run(command);
    result.output().forEach(System.out::println);
    for (String line : result.output()) {
      Matcher strays = STRAYS.matcher(line);
      if (strays.find()) {
        assertThat(strays.group(1))
            .as("answers of the projection: %s", line)
            .isNotEqualTo(strays.group(2));
      }
    }
    return result;
  }

  /** All of them unread, one every second. */
  private static void converse(Sides sides, long user, long firstId, int count)
      throws SQLException {
    try (Statement source = sides.source().createStatement()) {
      source.execute("SET SESSION cte_max_recursion_depth = 1000000");
      String numbers =
          " WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < "
              + (count - 1)
              + ") ";
      source.execute(
          "INSERT INTO conversations (id, site_id, last_message_at, archived)"
              + numbers
              + "SELECT "
              + firstId
              + " + i, "
              + SITE
              + ", '2026-01-01' + INTERVAL i SECOND, 0 FROM n");
      source.execute(
          "INSERT INTO participants (conversation_id, user_id, counterpart_id, last_read_at)"
              + numbers
              + "SELECT "
              + firstId
              + " + i, "
              + user
              + ", 1, '2025-01-01' FROM n");
    }
  }
}
