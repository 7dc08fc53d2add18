package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A user whom many conversations show gets a name that Postgres cannot hold. The keys that need the
 * name are answered by MySQL, all others by the projection as before; a good name makes them valid.
 */
@Tag(SharedSystem.TAG)
class PoisonIT {
  private static final String VIEW = "unread_conversations";
  private static final int LOOKED_AT = 25;
  private static final Duration MEASURED = Duration.ofSeconds(FULL ? 60 : 4);
  private static final double LEAST_RATE = 95;
  private static final Duration FRESHNESS = Duration.ofSeconds(5);

  @Test
  void aNameWithNulCostsTheKeysThatShowItAndNoOthers() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement()) {
      JsonNode failure = SharedSystem.lastFailure();
      String user =
          column(
                  source,
                  "SELECT counterpart_id FROM participants JOIN users ON users.id = counterpart_id"
                      + " GROUP BY counterpart_id ORDER BY count(*) DESC, counterpart_id LIMIT 1")
              .get(0);
      String name = column(source, "SELECT name FROM users WHERE id = " + user).get(0);
      List<String> touched = keys(source, "p.counterpart_id = " + user);
      List<String> others =
          keys(
              source,
              "(p.user_id, c.site_id) NOT IN (SELECT x.user_id, y.site_id FROM participants x"
                  + " JOIN conversations y ON y.id = x.conversation_id WHERE x.counterpart_id = "
                  + user
                  + ")");
      assertThat(touched).hasSize(LOOKED_AT);
      assertThat(others).hasSize(LOOKED_AT);
      LoadOnOthers load = new LoadOnOthers(SharedSystem.endpoints(), others);
      try (load) {
        double before = load.p99("without poison", MEASURED);
        source.executeUpdate(
            "UPDATE users SET name = CONCAT('a', CHAR(0 USING utf8mb4), 'b') WHERE id = " + user);
        sides.awaitApplied(sides.position());

        for (String key : touched) {
          // The load writes conversations whose other participant may be the user of this key.
          JsonNode answer;
          List<String> expected;
          do {
            expected = entries(source, key);
            answer = sides.ask(VIEW, key, 1000);
          } while (!entries(source, key).equals(expected));
          assertThat(answer.path("source").asText()).as("%s", answer).isEqualTo("mysql");
          assertThat(answer.path("state").asText()).isEqualTo("INVALID");
          assertThat(answer.path("reason").asText()).isEqualTo("unstorable-value");
          assertSame(expected, key, answer);
        }
        double with = load.p99("with poison", MEASURED);
        double rate = load.rate();
        System.out.printf(
            "p99 of the keys without poison: %.2f of what it was, at %.1f transactions/s%n",
            with / before, rate);
        assertThat(rate).as("transactions a second").isGreaterThanOrEqualTo(LEAST_RATE);
        assertThat(with).isLessThan((double) FRESHNESS.toMillis());
        load.close();
        sides.awaitApplied(sides.position());
        for (String key : others) {
          JsonNode answer = sides.ask(VIEW, key, 1000);
          assertThat(answer.path("source").asText()).as("%s", answer).isEqualTo("projection");
          assertSame(entries(source, key), key, answer);
        }
        // MySQL was asked for it and holds the same.
        awaitCounts(sides, "0 waiting, 1 dead");
      } finally {
        source.executeUpdate("UPDATE users SET name = '" + name + "' WHERE id = " + user);
      }
      long renamed = System.nanoTime();
      assertThat(Launcher.await(Duration.ofSeconds(60), () -> allValid(sides, touched)))
          .as("all keys are valid again")
          .isTrue();
      System.out.printf(
          "%d keys valid %d ms after the good name%n",
          touched.size(), Duration.ofNanos(System.nanoTime() - renamed).toMillis());
      for (String key : touched) {
        assertSame(entries(source, key), key, sides.ask(VIEW, key, 1000));
      }
      try (Statement store = sides.store().createStatement()) {
        assertThat(column(store, "SELECT 1 FROM " + VIEW + "_g1_keys")).isEmpty();
      }
      awaitCounts(sides, "0 waiting, 0 dead");
      assertThat(SharedSystem.lastFailure()).isEqualTo(failure);
    }
  }

  private static boolean allValid(Sides sides, List<String> keys) throws Exception {
    for (String key : keys) {
      if (!isValid(sides, key)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isValid(Sides sides, String key) throws Exception {
    return sides.ask(VIEW, key, 1).path("source").asText().equals("projection");
  }

  /** MySQL's own entries of a key, each with its name. */
  private static List<String> entries(Statement source, String key) throws SQLException {
    String[] parts = key.split("/", 2);
    return column(
        source,
        "SELECT CONCAT(p.conversation_id, ' ', COALESCE(HEX(u.name), '')) FROM participants p"
            + " JOIN conversations c ON c.id = p.conversation_id LEFT JOIN users u"
            + " ON u.id = p.counterpart_id WHERE c.archived = 0 AND c.last_message_at >"
            + " p.last_read_at AND p.user_id = "
            + parts[0]
            + " AND c.site_id = "
            + parts[1]
            + " ORDER BY c.last_message_at DESC, p.conversation_id LIMIT 1000");
  }

  private static void assertSame(List<String> expected, String key, JsonNode answer) {
    List<String> actual = new ArrayList<>();
    for (JsonNode item : answer.path("items")) {
      StringBuilder hex = new StringBuilder();
      for (byte each : item.path("name").asText("").getBytes(StandardCharsets.UTF_8)) {
        hex.append("%02X".formatted(each));
      }
      actual.add(item.path("conversation_id").asText() + " " + hex);
    }
    assertThat(actual).as("key %s", key).isEqualTo(expected);
  }

  private static List<String> keys(Statement source, String condition) throws SQLException {
    return column(
        source,
        "SELECT DISTINCT CONCAT(p.user_id, '/', c.site_id) FROM participants p"
            + " JOIN conversations c ON c.id = p.conversation_id WHERE "
            + condition
            + " LIMIT "
            + LOOKED_AT);
  }

  /** The nodes tell the writers once a second how many changes wait, and how many are dead. */
  private static void awaitCounts(Sides sides, String expected) {
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> counts(sides).equals(expected)))
        .as(expected)
        .isTrue();
  }

  private static String counts(Sides sides) throws SQLException {
    try (Statement store = sides.store().createStatement()) {
      return column(
              store,
              "SELECT coalesce(sum(waiting), 0) || ' waiting, ' || coalesce(sum(dead), 0) || ' dead'"
                  + " FROM counts WHERE view = '"
                  + VIEW
                  + "'")
          .get(0);
    }
  }

  private static List<String> column(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
