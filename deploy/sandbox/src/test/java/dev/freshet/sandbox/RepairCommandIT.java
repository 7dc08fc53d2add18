package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.view.stream.InvalidationMessage;
import dev.freshet.view.stream.Topic;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * P7: what is wrong in the store is put right by a repair, however it is asked for. Each key is
 * compared with MySQL's answer to a query that this test spells itself.
 */
@Tag(SharedSystem.TAG)
class RepairCommandIT {
  private static final String VIEW = "unread_conversations";
  private static final String TABLE = VIEW + "_g1";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LATENCIES = 40;
  private static final String ANSWER =
      "SELECT p.user_id, c.site_id, p.conversation_id,"
          + " DATE_FORMAT(c.last_message_at, '%%Y-%%m-%%d %%H:%%i:%%s.%%f'), u.name, u.image_url"
          + " FROM participants p JOIN conversations c ON c.id = p.conversation_id"
          + " LEFT JOIN users u ON u.id = p.counterpart_id"
          + " WHERE c.archived = 0 AND c.last_message_at > p.last_read_at AND %s"
          + " ORDER BY 1, 2, 3";

  private static final String STORED =
      "SELECT user_id, site_id, conversation_id,"
          + " to_char(last_message_at, 'YYYY-MM-DD HH24:MI:SS.US'), name, image_url"
          + " FROM "
          + TABLE
          + " WHERE %s ORDER BY 1, 2, 3";

  @Test
  void corruptedKeysAreRepairedByTheCommandAndByPost() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement();
        Statement store = sides.store().createStatement()) {
      sides.awaitApplied(sides.position());
      List<String> keys = keys(store, 6);
      String onlyHere = "-7/" + keys.get(0).replaceFirst(".*/", "");
      damage(source, store, keys.get(0), RepairCommandIT::change);
      damage(source, store, keys.get(1), RepairCommandIT::remove);
      damage(source, store, keys.get(2), RepairCommandIT::add);
      damage(source, store, keys.get(3), RepairCommandIT::empty);
      damage(source, store, keys.get(4), RepairCommandIT::change);
      damage(source, store, keys.get(5), RepairCommandIT::remove);
      store.execute(
          ("INSERT INTO %s SELECT -7, site_id, conversation_id, last_message_at, name, image_url,"
                  + " _key_group FROM %s WHERE %s LIMIT 1")
              .formatted(TABLE, TABLE, of(keys.get(0))));

      SharedSystem.Executed repaired =
          SharedSystem.execute(
              "repair",
              VIEW,
              "--key=" + keys.get(0),
              "--key=" + keys.get(1),
              "--key=" + keys.get(2),
              "--key=" + onlyHere,
              "--wait=30");
      System.out.println(repaired.out());
      assertThat(repaired.code()).as("%s", repaired).isZero();
      for (String key : List.of(keys.get(0), keys.get(1), keys.get(2), onlyHere)) {
        assertThat(repaired.out()).contains("key " + key + ": repaired, VALID at binlog.");
        assertThat(stored(store, key)).as(key).isEqualTo(answer(source, key));
      }
      assertThat(stored(store, onlyHere)).isEmpty();
      assertThat(stored(store, keys.get(3))).isEmpty();

      ReaderClient reader = new ReaderClient(SharedSystem.endpoints());
      for (String type : List.of("repair", "invalidate")) {
        String key = keys.get(type.equals("repair") ? 3 : 4);
        ReaderClient.Response response = reader.post(VIEW, key, type);
        assertThat(response.status()).as("%s", response).isEqualTo(202);
        assertThat(response.body().path("requested").asText()).isEqualTo(type);
        assertThat(Launcher.await(PATIENCE, () -> stored(store, key).equals(answer(source, key))))
            .as(key)
            .isTrue();
      }

      String row = row(source, store, keys.get(5));
      SharedSystem.Executed asked = SharedSystem.execute("repair", VIEW, "--row=" + row);
      assertThat(asked.code()).as("%s", asked).isZero();
      assertThat(
              Launcher.await(
                  PATIENCE, () -> stored(store, keys.get(5)).equals(answer(source, keys.get(5)))))
          .as("row %s of %s", row, keys.get(5))
          .isTrue();
      for (String key : keys) {
        assertThat(Launcher.await(PATIENCE, () -> isServed(sides, key))).as(key).isTrue();
      }
    }
  }

  @Test
  void anInvalidatedKeyIsAnsweredByMysqlUntilItIsRepaired() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement();
        Statement store = sides.store().createStatement();
        Topic states = states()) {
      sides.awaitApplied(sides.position());
      String key = keys(store, 1).get(0);
      drain(states);
      int before = states(states, key).size();
      change(store, key);
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger seen = new AtomicInteger();
      List<String> wrong = new ArrayList<>();
      Thread polls = new Thread(() -> poll(sides, key, over, seen, wrong));
      polls.start();
      try {
        SharedSystem.Executed done =
            SharedSystem.execute("invalidate", VIEW, "--key=" + key, "--wait=30");
        System.out.println(done.out());
        assertThat(done.code()).as("%s", done).isZero();
        assertThat(done.out())
            .containsSubsequence(
                "key " + key + ": INVALID at binlog.", "key " + key + ": repaired, VALID at");
      } finally {
        over.set(true);
        polls.join();
      }
      System.out.printf("%,d answers while it was INVALID%n", seen.get());
      assertThat(wrong).isEmpty();
      assertThat(stored(store, key)).isEqualTo(answer(source, key));
      assertThat(isServed(sides, key)).isTrue();
      assertThat(Launcher.await(PATIENCE, () -> states(states, key).size() >= before + 2)).isTrue();
      assertThat(states(states, key).subList(before, before + 2))
          .containsExactly("INVALID invalidated", "VALID null");
    }
  }

  @Test
  void aRepairIsOverSoon() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement();
        Statement store = sides.store().createStatement();
        Topic states = states()) {
      List<String> keys = keys(store, LATENCIES);
      // Each needs a place of its own behind the last transaction; other tests have used up many.
      source.execute("INSERT INTO messages (body) VALUES ('of no view')");
      sides.awaitApplied(sides.position());
      ReaderClient reader = new ReaderClient(SharedSystem.endpoints());
      drain(states);
      long[] nanos = new long[LATENCIES];
      for (int i = 0; i < LATENCIES; i++) {
        String key = keys.get(i);
        int before = states(states, key).size();
        long start = System.nanoTime();
        assertThat(reader.post(VIEW, key, "repair").status()).isEqualTo(202);
        while (states(states, key).size() == before) {
          assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
        }
        nanos[i] = System.nanoTime() - start;
      }
      Arrays.sort(nanos);
      System.out.printf(
          "%d repairs, from the request to VALID: p50 %d ms, p99 %d ms%n",
          LATENCIES, nanos[LATENCIES / 2] / 1_000_000, nanos[LATENCIES * 99 / 100] / 1_000_000);
      assertThat(Duration.ofNanos(nanos[LATENCIES / 2])).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void allKeysAreRepaired() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement();
        Statement store = sides.store().createStatement()) {
      sides.awaitApplied(sides.position());
      List<String> keys = keys(store, 4);
      change(store, keys.get(0));
      remove(store, keys.get(1));
      add(store, keys.get(2));
      empty(store, keys.get(3));
      long start = System.nanoTime();

      SharedSystem.Executed done =
          SharedSystem.execute("repair", VIEW, "--all", "--rate=1000", "--wait=60");

      System.out.println(done.out());
      assertThat(done.code()).as("%s", done).isZero();
      System.out.printf("all keys in %.1f s%n", (System.nanoTime() - start) / 1e9);
      assertThat(entries(store, STORED.formatted("TRUE")))
          .isEqualTo(entries(source, ANSWER.formatted("TRUE")));
    }
  }

  @Test
  void unknownArgumentsAreReported() {
    for (String command : List.of("repair", "invalidate")) {
      SharedSystem.Executed key = SharedSystem.execute(command, VIEW, "--key=42");
      assertThat(key.code()).as("%s", key).isEqualTo(2);
      assertThat(key.err()).contains("--key: ", "user_id, site_id");
      SharedSystem.Executed view = SharedSystem.execute(command, "unread", "--key=42/7");
      assertThat(view.code()).as("%s", view).isEqualTo(1);
      assertThat(view.err()).contains("View unread: ", VIEW);
    }
    SharedSystem.Executed row = SharedSystem.execute("repair", VIEW, "--row=a/b");
    assertThat(row.code()).as("%s", row).isEqualTo(2);
    assertThat(row.err()).contains("--row: ", "'a' is not an integer");
    SharedSystem.Executed asked = SharedSystem.execute("repair", VIEW, "--key=1/1", "--wait=0");
    assertThat(asked.code()).as("%s", asked).isZero();
    assertThat(asked.out()).contains("requested the repair of 1 keys");
  }

  private static List<String> answer(Statement source, String key) throws SQLException {
    return entries(
        source, ANSWER.formatted("(p.user_id, c.site_id) = (%s)".formatted(key.replace('/', ','))));
  }

  private static List<String> stored(Statement store, String key) throws SQLException {
    return entries(store, STORED.formatted(of(key)));
  }

  private static List<String> entries(Statement statement, String sql) throws SQLException {
    List<String> entries = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        StringBuilder entry = new StringBuilder();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          entry.append(rows.getString(i)).append('|');
        }
        entries.add(entry.toString());
      }
    }
    return entries;
  }

  /** Keys with some rows each. */
  private static List<String> keys(Statement store, int count) throws SQLException {
    List<String> keys = new ArrayList<>();
    try (ResultSet rows =
        store.executeQuery(
            ("SELECT user_id, site_id FROM %s GROUP BY 1, 2 HAVING count(*) > 1"
                    + " ORDER BY 1, 2 LIMIT %d")
                .formatted(TABLE, count))) {
      while (rows.next()) {
        keys.add(rows.getLong(1) + "/" + rows.getLong(2));
      }
    }
    assertThat(keys).hasSize(count);
    return keys;
  }

  private static String of(String key) {
    return "(user_id, site_id) = (%s)".formatted(key.replace('/', ','));
  }

  private static String one(String key) {
    return of(key)
        + " AND conversation_id = (SELECT min(conversation_id) FROM %s WHERE %s)"
            .formatted(TABLE, of(key));
  }

  /** Damage of a key in the store. */
  private interface Damage {
    void to(Statement store, String key) throws SQLException;
  }

  /** Damages a key, again if the job is still writing it for what happened before. */
  private static void damage(Statement source, Statement store, String key, Damage damage)
      throws Exception {
    assertThat(
            Launcher.await(
                PATIENCE,
                () -> {
                  if (stored(store, key).equals(answer(source, key))) {
                    damage.to(store, key);
                  }
                  return !stored(store, key).equals(answer(source, key));
                }))
        .as(key)
        .isTrue();
  }

  private static void change(Statement store, String key) throws SQLException {
    store.execute(
        "UPDATE %s SET name = 'x' || coalesce(name, '') WHERE %s".formatted(TABLE, one(key)));
  }

  private static void remove(Statement store, String key) throws SQLException {
    store.execute("DELETE FROM %s WHERE %s".formatted(TABLE, one(key)));
  }

  private static void empty(Statement store, String key) throws SQLException {
    store.execute("DELETE FROM %s WHERE %s".formatted(TABLE, of(key)));
  }

  private static void add(Statement store, String key) throws SQLException {
    store.execute(
        ("INSERT INTO %s SELECT user_id, site_id, -1, last_message_at, name, image_url, _key_group"
                + " FROM %s WHERE %s")
            .formatted(TABLE, TABLE, one(key)));
  }

  /** The row that the store lacks of a key. */
  private static String row(Statement source, Statement store, String key) throws SQLException {
    List<String> lacking = new ArrayList<>(answer(source, key));
    lacking.removeAll(stored(store, key));
    assertThat(lacking).hasSize(1);
    String[] entry = lacking.get(0).split("\\|", -1);
    return entry[2] + "/" + entry[0];
  }

  private static boolean isServed(Sides sides, String key)
      throws IOException, InterruptedException {
    return sides.ask(VIEW, key, 1).path("source").asText().equals("projection");
  }

  private static void poll(
      Sides sides, String key, AtomicBoolean over, AtomicInteger seen, List<String> wrong) {
    try {
      while (!over.get()) {
        JsonNode answer = sides.ask(VIEW, key, 50);
        boolean invalid = answer.path("state").asText().equals("INVALID");
        boolean right =
            answer.path("source").asText().equals(invalid ? "mysql" : "projection")
                && answer.path("reason").asText().equals(invalid ? "invalidated" : "null");
        if (invalid) {
          seen.incrementAndGet();
        }
        if (!right && !answer.path("reason").asText().equals("stale")) {
          wrong.add(answer.toString());
        }
      }
    } catch (IOException | InterruptedException e) {
      wrong.add(e.toString());
    }
  }

  private static Topic states() throws Exception {
    return SharedSystem.topic("freshet", dev.freshet.view.stream.Stream.INVALIDATION);
  }

  /** Reads what is there; the first messages take a moment. */
  private static void drain(Topic topic) throws IOException {
    for (int quiet = 0; quiet < 10; quiet++) {
      int before = topic.messages().size();
      if (topic.messages().size() > before) {
        quiet = 0;
      }
    }
  }

  /** What was said of a key so far. */
  private static List<String> states(Topic topic, String key) throws IOException {
    String[] values = key.split("/", -1);
    List<String> states = new ArrayList<>();
    for (Topic.Message each : topic.messages()) {
      InvalidationMessage message = InvalidationMessage.read(each.json());
      if (message.view().equals(VIEW)
          && message.key() != null
          && message.key().path("user_id").asText().equals(values[0])
          && message.key().path("site_id").asText().equals(values[1])) {
        states.add(message.state() + " " + message.reason());
      }
    }
    return states;
  }
}
