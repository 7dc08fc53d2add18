package dev.freshet.flow.event;

import static dev.freshet.flow.event.RecordsUnderTest.PARTITIONS;
import static dev.freshet.flow.event.RecordsUnderTest.event;
import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.flow.Refused;
import dev.freshet.flow.kafka.ReaderUnderTest;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.TestSize;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition;
import dev.freshet.view.stream.DeadEventMessage;
import dev.freshet.view.stream.Stream;
import dev.freshet.view.stream.Topic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Jobs over events, with a real Kafka and Postgres, and Flink in the process of the test. */
class EventViewsIT {
  /** How many acknowledged events are asked for. */
  private static final int PAIRS = FULL ? 5_000 : 100;

  private static MiniFlink flink;

  @TempDir private Path folder;
  private String name;
  private RecordsUnderTest records;
  private JobUnderTest job;
  private EventTopic topic;

  @BeforeAll
  static void startFlink() throws Exception {
    flink = new MiniFlink(4);
  }

  @AfterAll
  static void stopFlink() {
    flink.close();
  }

  @BeforeEach
  void start(TestInfo test) throws Exception {
    name = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
    records = new RecordsUnderTest(name, LocalServers.kafka().bootstrap());
    job = records.job();
    topic = records.topic();
  }

  @AfterEach
  void stop() throws Exception {
    records.close();
  }

  /** A history of the field: its events, and the only row in which it may end. */
  private record History(String name, List<Fact> facts, String row) {}

  private record Fact(String id, int minute, String kind, String more) {}

  private static final List<History> HISTORIES =
      List.of(
          new History(
              "name",
              List.of(
                  new Fact("a", 1, "created", ""),
                  new Fact("b", 2, "renamed", ",'name':'first'"),
                  new Fact("c", 3, "renamed", ",'name':'second'")),
              "second null null 3"),
          new History(
              "warehouse",
              List.of(
                  new Fact("a", 1, "created", ""),
                  new Fact("b", 2, "placed", ",'warehouse':'north'"),
                  new Fact("c", 3, "placed", ",'warehouse':null")),
              "null north null 3"),
          new History(
              "publication",
              List.of(
                  new Fact("a", 1, "created", ""),
                  new Fact("b", 5, "published", ""),
                  new Fact("c", 2, "published", ""),
                  new Fact("d", 3, "published", "")),
              "null null 12:02 4"),
          new History(
              "short-lived",
              List.of(
                  new Fact("a", 1, "created", ""),
                  new Fact("b", 2, "deleted", ""),
                  new Fact("c", 3, "renamed", ",'name':'late'")),
              ""));

  /** The deliveries of each record: all orders of each history, each event repeated in turn. */
  private static Map<String, List<Fact>> deliveries(Map<String, String> rows) {
    Map<String, List<Fact>> deliveries = new TreeMap<>();
    for (History history : HISTORIES) {
      for (Fact again : history.facts()) {
        List<Fact> all = new ArrayList<>(history.facts());
        all.add(again);
        for (List<Fact> order : orders(all)) {
          String record = "%s-%s-%04d".formatted(history.name(), again.id(), deliveries.size());
          deliveries.put(record, order);
          if (!history.row().isEmpty()) {
            rows.put(record, history.row());
          }
        }
      }
    }
    return deliveries;
  }

  private static <T> List<List<T>> orders(List<T> all) {
    if (all.size() <= 1) {
      return List.of(all);
    }
    List<List<T>> orders = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      List<T> others = new ArrayList<>(all);
      T first = others.remove(i);
      for (List<T> rest : orders(others)) {
        List<T> order = new ArrayList<>(List.of(first));
        order.addAll(rest);
        orders.add(order);
      }
    }
    return orders;
  }

  @Test
  void allOrdersOfAHistoryEndInOneRow() throws Exception {
    Map<String, String> rows = new TreeMap<>();
    Map<String, List<Fact>> deliveries = deliveries(rows);
    send(deliveries, 0, 1);
    job.start(folder, List.of(records.declaration()), 2, 100);
    send(deliveries, 1, 2);
    records.awaitStore();
    send(deliveries, 2, 3);
    String savepoint = job.stop(folder);
    send(deliveries, 3, 4);
    job.resume(savepoint);
    records.awaitStore();
    send(deliveries, 4, 5);
    records.awaitStore();
    assertThat(records.stored()).isEqualTo(rows);

    // The store is ahead of the savepoint now, and must not go back.
    job.cancel();
    job.resume(savepoint);
    topic.send("other", event("other", "a", 1, "created", ""));
    records.await(
        "an event after the restore",
        () -> {
          Map<String, String> now = records.stored();
          boolean done = now.remove("other") != null;
          assertThat(now).isEqualTo(rows);
          return done;
        });
    records.awaitStore();
    rows.put("other", "null null null 1");
    assertThat(records.stored()).isEqualTo(rows);
  }

  private void send(Map<String, List<Fact>> deliveries, int from, int to) {
    deliveries.forEach(
        (record, facts) -> {
          for (Fact fact :
              facts.subList(Math.min(from, facts.size()), Math.min(to, facts.size()))) {
            topic.send(record, event(record, fact.id(), fact.minute(), fact.kind(), fact.more()));
          }
        });
  }

  /** Generated facts; the id of a fact is its index. */
  private record Generated(int[] record, byte[] kind, int[] minute, int[] value) {
    static final String[] KINDS = {"created", "renamed", "placed", "published", "deleted"};

    static Generated of(Random random, int facts, int records) {
      Generated all =
          new Generated(new int[facts], new byte[facts], new int[facts], new int[facts]);
      for (int i = 0; i < facts; i++) {
        all.record[i] = i < records ? i : random.nextInt(records);
        int kind = random.nextInt(400);
        all.kind[i] = (byte) (i < records ? 0 : kind == 0 ? 4 : 1 + kind % 3);
        // Different times, in another order than the facts.
        all.minute[i] = (int) (i * 7919L % facts);
        all.value[i] = random.nextInt(1000);
      }
      return all;
    }

    String json(int i) {
      String value = kind[i] == 1 ? "name" : "warehouse";
      return "{'event_id':'%d','occurred_at':'%s','kind':'%s','record_id':'%d','%s':%s}"
          .formatted(
              i,
              BEGIN.plusSeconds(60L * minute[i]),
              KINDS[kind[i]],
              record[i],
              value,
              kind[i] == 1 || kind[i] == 2 ? "'" + value + value(i) + "'" : "null");
    }

    private int value(int i) {
      return value[i];
    }

    /** The rows of the facts, computed at once. */
    Map<String, String> rows() {
      Map<Integer, List<Integer>> byRecord = new TreeMap<>();
      for (int i = 0; i < record.length; i++) {
        byRecord.computeIfAbsent(record[i], any -> new ArrayList<>()).add(i);
      }
      Map<String, String> rows = new TreeMap<>();
      byRecord.forEach(
          (of, facts) -> {
            facts.sort(Comparator.comparingInt(i -> minute[i]));
            String name = null;
            String warehouse = null;
            String published = null;
            boolean deleted = false;
            for (int i : facts) {
              name = kind[i] == 1 ? "name" + value[i] : name;
              warehouse = kind[i] == 2 && warehouse == null ? "warehouse" + value[i] : warehouse;
              published =
                  kind[i] == 3 && published == null
                      ? BEGIN.plusSeconds(60L * minute[i]).toString().substring(11, 16)
                      : published;
              deleted |= kind[i] == 4;
            }
            if (!deleted) {
              rows.put(
                  of.toString(), "%s %s %s %d".formatted(name, warehouse, published, facts.size()));
            }
          });
      return rows;
    }
  }

  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  /** Shuffled, a tenth of them twice, with a killed task manager and a savepoint in the middle. */
  @Test
  void generatedEventsEqualABatchRecomputation() throws Exception {
    long seed = TestSize.seed();
    int facts = FULL ? 1_000_000 : 50_000;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Generated generated = Generated.of(random, facts, facts / 50);
    List<Integer> deliveries = new ArrayList<>();
    for (int i = 0; i < facts; i++) {
      deliveries.add(i);
      if (random.nextInt(10) == 0) {
        deliveries.add(i);
      }
    }
    Collections.shuffle(deliveries, random);
    int part = deliveries.size() / 4;
    send(generated, deliveries.subList(0, 2 * part));
    topic.flush();
    long begin = System.nanoTime();
    job.withRestarts(10).start(folder, List.of(records.declaration()), 2, 100);
    records.awaitStore();
    System.out.printf(
        Locale.ROOT,
        "%,d events in the first fill, %,.0f per second with the start of the job%n",
        2 * part,
        2 * part / ((System.nanoTime() - begin) / 1e9));
    send(generated, deliveries.subList(2 * part, 3 * part));
    flink.endTaskManager();
    flink.startTaskManager();
    records.awaitStore();
    send(generated, deliveries.subList(3 * part, 3 * part + part / 2));
    String savepoint = job.stop(folder);
    job.resume(savepoint);
    send(generated, deliveries.subList(3 * part + part / 2, deliveries.size()));
    records.awaitStore();
    assertThat(records.stored()).as("seed %d", seed).isEqualTo(generated.rows());
  }

  private void send(Generated generated, List<Integer> deliveries) {
    deliveries.forEach(i -> topic.send(i % PARTITIONS, generated.json(i)));
  }

  @Test
  void aListOfEntriesAndARecordAreInOneJob() throws Exception {
    try (EventTopic orders =
        new EventTopic(LocalServers.kafka().bootstrap(), name + "-orders", PARTITIONS)) {
      job.start(
          folder, List.of(records.declaration(), Orders.declaration(name + "-orders")), 2, 100);
      topic.send("r", event("r", "a", 1, "created", ""));
      for (int order = 1; order <= 3; order++) {
        orders.send(order % PARTITIONS, order(order, "a" + order, "created", 5));
      }
      orders.send(0, order(2, "b", "cancelled", 0));
      orders.send(1, order(1, "c", "paid", 7));
      orders.flush();
      records.await(
          "the orders",
          () ->
              records
                  .rows("SELECT customer, order_id, total, events FROM %s.orders ORDER BY 1, 2")
                  .equals(List.of("c 1 12 2", "c 3 5 1")));
      records.awaitStore();
      assertThat(records.stored()).isEqualTo(Map.of("r", "null null null 1"));
      assertThat(records.rows("SELECT DISTINCT handed_over FROM %s.progress")).containsExactly("t");
    }
  }

  private static String order(int order, String id, String kind, long amount) {
    return "{'event_id':'%s','occurred_at':'2026-01-31T12:00:00Z','kind':'%s','customer':'c','order_id':%d,'amount':%d}"
        .formatted(id, kind, order, amount);
  }

  @Test
  void aRecordThatCannotBeUsedIsADeadEventAndTouchesNoOther() throws Exception {
    job.start(folder, List.of(records.declaration()), 2, 100);
    records.await("the first fill", job::handedOver);
    topic.send("r", event("r", "a", 1, "created", ""));
    topic.send(2, "{'event_id':'secret");
    topic.send(2, event("s", "a", 1, "created", ""));
    topic.send(2, event("late", "a", 1, "created", "").replace("2026", "1999"));
    records.awaitStore();
    assertThat(records.stored())
        .isEqualTo(Map.of("r", "null null null 1", "s", "null null null 1"));
    try (Topic dead = new Topic(LocalServers.kafka().bootstrap(), name, Stream.DEAD_EVENT)) {
      records.await("two dead events", () -> dead.messages().size() == 2);
      List<DeadEventMessage> messages = new ArrayList<>();
      for (Topic.Message message : dead.messages()) {
        messages.add(DeadEventMessage.read(message.json()));
      }
      messages.sort(Comparator.comparing(DeadEventMessage::reason));
      assertThat(messages)
          .extracting(DeadEventMessage::reason)
          .containsExactly("before-horizon", "unreadable-value");
      assertThat(messages).extracting(DeadEventMessage::partition).containsOnly(2);
      assertThat(messages)
          .extracting(DeadEventMessage::message)
          .noneMatch(m -> m.contains("secret"));
      assertThat(messages.get(1).record()).isEqualTo("eyJldmVudF9pZCI6InNlY3JldA==");
    }
  }

  private static final List<String> POISON =
      List.of(
          "{'event_id':'secret",
          "[1]",
          "{'occurred_at':'2026-01-01T00:00:00Z','kind':'created','record_id':'1'}",
          "{'event_id':'a','kind':'created','record_id':'1'}",
          "{'event_id':'a','occurred_at':5,'kind':'created','record_id':'1'}",
          "{'event_id':'a','occurred_at':'2026-01-01T00:00:00Z','kind':'created'}");

  @Test
  void poisonEventsCostOnlyThemselves() throws Exception {
    long seed = TestSize.seed();
    System.out.println("seed " + seed);
    int facts = FULL ? 200_000 : 6_000;
    int poison = facts / 20;
    Generated generated = Generated.of(new Random(seed), facts, facts / 50);
    job.start(folder, List.of(records.declaration()), 2, 100);
    for (int i = 0; i < facts; i++) {
      topic.send(i % PARTITIONS, generated.json(i));
      if (i % 20 == 0) {
        topic.send(i % PARTITIONS, POISON.get(i / 20 % POISON.size()));
      }
    }
    records.awaitStore();
    assertThat(records.stored()).as("seed %d", seed).isEqualTo(generated.rows());
    try (Topic dead = new Topic(LocalServers.kafka().bootstrap(), name, Stream.DEAD_EVENT)) {
      records.await(poison + " dead events", () -> dead.messages().size() >= poison);
      Set<RecordPosition> places = new HashSet<>();
      for (Topic.Message message : dead.messages()) {
        DeadEventMessage read = DeadEventMessage.read(message.json());
        places.add(new RecordPosition(read.topic(), read.partition(), read.offset()));
      }
      assertThat(dead.messages()).hasSize(poison);
      assertThat(places).hasSize(poison);
    }
    records.await(
        "the count",
        () ->
            records
                .rows("SELECT sum(dead) FROM %s.counts")
                .equals(List.of(String.valueOf(poison))));
  }

  @Test
  void theReaderAnswersWithoutMysql() throws Exception {
    job.start(folder, List.of(records.declaration()), 2, 100);
    records.await("the first fill", job::handedOver);
    try (ReaderUnderTest reader = new ReaderUnderTest(name)) {
      for (int i = 0; i < PAIRS; i++) {
        String record = "r" + i % 10;
        RecordPosition written =
            topic.acknowledged(record, event(record, "e" + i, i % 60, "created", ""));
        ReaderUnderTest.Answer answer =
            reader.ask("/v1/views/records/%s?after=%s&wait=10000".formatted(record, written));
        assertThat(answer.status()).as("%s: %s", written, answer).isEqualTo(200);
        assertThat(answer.text("source")).isEqualTo("projection");
        assertThat(Positions.parse(answer.text("version")).cover(written)).isTrue();
        assertThat(answer.json().path("items").get(0).path("events").asInt()).isEqualTo(i / 10 + 1);
      }
      assertProblem(reader, "never", 404, "unknown-key");
      assertProblem(
          reader, "r1?after=" + name + "-events/0:999999&wait=1", 503, "projection-unavailable");
      assertProblem(reader, "r1?after=others/0:1", 400, "bad-parameter");
      assertProblem(reader, "r1?after=binlog.000001:4", 400, "bad-parameter");
      assertProblem(reader, "r1/mysql", 400, "bad-request");
      job.cancel();
      records.await(
          "the projection is too old", () -> reader.ask("/v1/views/records/r1").status() == 503);
      assertProblem(reader, "r1", 503, "projection-unavailable");
    }
  }

  private static void assertProblem(ReaderUnderTest reader, String path, int status, String kind)
      throws Exception {
    ReaderUnderTest.Answer answer = reader.ask("/v1/views/records/" + path);
    assertThat(answer.status()).as("%s: %s", path, answer).isEqualTo(status);
    assertThat(answer.text("type")).isEqualTo("urn:freshet:problem:" + kind);
  }

  @Test
  void viewsOfTablesBesideEventsAndMissingTopicsAreRefused() {
    String table =
        """
        CREATE MATERIALIZED TABLE things (PRIMARY KEY (id) NOT ENFORCED)
        PARTITIONED BY (id) FRESHNESS = INTERVAL '5' SECOND AS SELECT t.id FROM things t
        """;
    assertThatThrownBy(() -> job.start(folder, List.of(records.declaration(), table), 1, 100))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("[things] are over tables of MySQL and [records] over events");
    assertThatThrownBy(
            () ->
                job.start(
                    folder.resolve("missing"),
                    List.of(RecordsUnderTest.declaration("none")),
                    1,
                    100))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("Topic none: Kafka")
        .hasMessageContaining("has no such topic");
  }
}
