package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import dev.freshet.view.stream.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A row that was given up, as an operator sees it and deals with it. */
@Tag(SharedSystem.TAG)
class DeadLettersIT {
  private static final String VIEW = "unread_conversations";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ObjectMapper json = new ObjectMapper();

  @Test
  void aDeadRowIsListedShownReplayedAndDropped() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement()) {
      long user =
          number(
              source,
              "SELECT counterpart_id FROM participants GROUP BY counterpart_id"
                  + " ORDER BY count(*), counterpart_id LIMIT 1");
      String good = "UPDATE users SET name = 'Ada' WHERE id = " + user;
      String bad = "UPDATE users SET name = CONCAT('a', CHAR(0 USING utf8mb4)) WHERE id = " + user;
      source.executeUpdate(good);
      try {
        source.executeUpdate(bad);
        String id = awaitLetter(user);

        Launcher.Result listed = SharedSystem.launcher().run("dead-letters", "list", VIEW);
        assertThat(listed.code()).isZero();
        assertThat(listed.output())
            .as("a head, the row, and nothing that Kafka's clients log")
            .hasSize(2)
            .element(1)
            .asString()
            .startsWith(id + "  " + VIEW + "  ")
            .contains(".users  id=" + user + " ")
            .contains("  unstorable-value  2  ");
        assertThat(SharedSystem.execute("dead-letters", "list", "no_such_view").out())
            .contains("no dead letters of view no_such_view");

        SharedSystem.Executed shown = SharedSystem.execute("dead-letters", "show", id);
        assertThat(shown.out()).contains("it holds a NUL character").contains("\"image_url\" : ");
        assertThat(shown(id).required("row").asText()).isEqualTo(id);
        assertRefused(
            SharedSystem.execute("dead-letters", "show", "nobody"), "nobody", "dead-letters list");
        assertRefused(
            SharedSystem.execute("dead-letters", "drop", id, "nobody"),
            "nobody",
            "dead-letters list");

        SharedSystem.Executed replayed =
            SharedSystem.execute("dead-letters", "replay", id, "--wait=20");
        assertThat(replayed.out()).contains("failed again, unstorable-value");
        assertRefused(replayed, "1 of 1 rows failed again");
        assertAsked(shown(id));
        assertThat(SharedSystem.execute("status").out())
            .contains("! Job freshet: 1 rows are dead")
            .contains("list");

        source.executeUpdate(good);
        awaitNoLetter(user);
        SharedSystem.Executed none =
            SharedSystem.execute("dead-letters", "replay", "--all", "--view=" + VIEW);
        assertThat(none.code()).as("%s", none).isZero();
        assertThat(none.out()).contains("no dead letters of view " + VIEW);
        assertRefused(SharedSystem.execute("dead-letters", "replay", id), id, "dead-letters list");

        source.executeUpdate(bad);
        assertThat(awaitLetter(user)).isEqualTo(id);
        SharedSystem.Executed dropped = SharedSystem.execute("dead-letters", "drop", id);
        assertThat(dropped.code()).as("%s", dropped).isZero();
        assertThat(dropped.out()).contains("stay INVALID").contains("dropped ");
        assertThat(letter(user)).isEmpty();
      } finally {
        source.executeUpdate(good);
      }
      assertThat(Launcher.await(PATIENCE, () -> dead(sides) == 0)).as("none is dead").isTrue();
      assertThat(letter(user)).isEmpty();
    }
  }

  /** The job was asked for a row in the form that the topic's schema says. */
  private static void assertAsked(JsonNode letter) throws Exception {
    try (Topic requests = SharedSystem.topic(letter.required("job").asText(), Stream.REQUESTS)) {
      String key =
          letter.required("job").asText() + "/" + VIEW + "/" + letter.required("row").asText();
      assertThat(Launcher.await(PATIENCE, () -> !of(key, requests).isEmpty())).as(key).isTrue();
      for (Topic.Message message : of(key, requests)) {
        RequestMessage request = RequestMessage.read(message.json());
        assertThat(request.type()).isEqualTo("retry");
        assertThat(request.version()).isEqualTo(letter.required("version").asText());
      }
    }
  }

  private static List<Topic.Message> of(String key, Topic topic) throws IOException {
    return topic.messages().stream().filter(message -> key.equals(message.key())).toList();
  }

  private JsonNode shown(String id) throws Exception {
    return json.readTree(SharedSystem.execute("dead-letters", "show", id, "--json").out());
  }

  private String awaitLetter(long user) {
    assertThat(Launcher.await(PATIENCE, () -> letter(user).isPresent())).as("dead").isTrue();
    return letter(user).orElseThrow();
  }

  private void awaitNoLetter(long user) {
    assertThat(Launcher.await(PATIENCE, () -> letter(user).isEmpty())).as("mended").isTrue();
  }

  /** The id of a user's letter. */
  private Optional<String> letter(long user) {
    try {
      SharedSystem.Executed listed = SharedSystem.execute("dead-letters", "list", VIEW, "--json");
      assertThat(listed.code()).as("%s", listed).isZero();
      return StreamSupport.stream(json.readTree(listed.out()).spliterator(), false)
          .filter(letter -> letter.required("primary_key").path("id").asLong() == user)
          .map(letter -> letter.required("row").asText())
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long dead(Sides sides) throws SQLException {
    try (Statement store = sides.store().createStatement()) {
      return number(store, "SELECT coalesce(sum(dead), 0) FROM counts");
    }
  }

  private static void assertRefused(SharedSystem.Executed result, String... parts) {
    assertThat(result.code()).as("%s", result).isEqualTo(1);
    assertThat(result.err().lines()).as("%s", result).hasSize(1);
    assertThat(result.err()).contains(parts);
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
