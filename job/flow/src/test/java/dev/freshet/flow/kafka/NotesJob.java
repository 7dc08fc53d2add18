package dev.freshet.flow.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.Handling;
import dev.freshet.flow.Interleaving;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.flow.node.Probe;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.Stream;
import dev.freshet.view.stream.Topic;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A job over notes, which have an owner and an author, with all servers real and its streams at
 * hand. It is not restarted when it fails, so a test that goes on has seen no failure of the job.
 */
final class NotesJob implements AutoCloseable {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
      PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT n.owner, n.id, n.text, u.name, n.written, n.body FROM notes n JOIN users u ON u.id = n.author
      ORDER BY id
      """;

  /** What fails; the job's tasks run in this JVM. */
  private static volatile Probe failing = Probe.NONE;

  /** Who comes between; likewise. */
  private static volatile Interleaving between = Interleaving.NONE;

  private final MiniFlink flink;
  private final JobUnderTest job;
  private final Statement source;
  private final List<String> views = new ArrayList<>();
  private Topic retries;
  private Topic deadLetters;
  private Topic invalidations;
  private Topic requests;

  /**
   * Makes the tables; nothing runs yet.
   *
   * @param more views beside {@code notes_of}
   */
  NotesJob(String... more) throws Exception {
    succeed();
    views.add(VIEW);
    views.addAll(Arrays.asList(more));
    flink = new MiniFlink(2);
    job =
        new JobUnderTest("notes_" + System.nanoTime())
            .withKafka(LocalServers.kafka().bootstrap())
            .with(
                new Handling(
                    JobUnderTest.HANDLING.mostValueBytes(),
                    (stage, row, attempt) -> failing.at(stage, row, attempt),
                    point -> between.at(point)));
    source = job.source().createStatement();
    source.execute("CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(99))");
    source.execute(
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, author BIGINT NOT NULL,"
            + " text VARCHAR(99) CHARACTER SET latin1, written DATE NOT NULL DEFAULT '2026-01-31',"
            + " body LONGTEXT CHARACTER SET utf8mb4, KEY (owner))");
  }

  /** Starts the job and waits for its hand-over. */
  void start(Path folder) throws Exception {
    job.start(folder, views, 2, 1000);
    job.awaitProgress();
    String bootstrap = LocalServers.kafka().bootstrap();
    retries = new Topic(bootstrap, job.name(), Stream.RETRY);
    deadLetters = new Topic(bootstrap, job.name(), Stream.DEAD_LETTER);
    invalidations = new Topic(bootstrap, job.name(), Stream.INVALIDATION);
    requests = new Topic(bootstrap, job.name(), Stream.REQUESTS);
  }

  String name() {
    return job.name();
  }

  /** Ends the job with a savepoint. */
  String stop(Path folder) throws Exception {
    return job.stop(folder);
  }

  /** Goes on from a savepoint. */
  void resume(String savepoint) throws Exception {
    job.resume(savepoint);
  }

  /** Kafka loses all topics of the job. */
  void loseTopics() throws Exception {
    List<String> topics = Arrays.stream(Stream.values()).map(s -> s.topic(job.name())).toList();
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", LocalServers.kafka().bootstrap()))) {
      admin.deleteTopics(topics).all().get();
      await(
          "the topics are gone",
          () -> admin.listTopics().names().get().stream().noneMatch(topics::contains));
    }
  }

  Statement source() {
    return source;
  }

  Topic deadLetters() {
    return deadLetters;
  }

  Topic invalidations() {
    return invalidations;
  }

  Topic requests() {
    return requests;
  }

  /** Another connection to the source. */
  Connection openSource() throws SQLException {
    return job.openSource();
  }

  /** Waits until the projection is complete up to where the source is now. */
  void awaitProgress() throws Exception {
    job.awaitProgress();
  }

  /**
   * Rows with a text that begins so fail at a stage, and whenever they are tried again. What could
   * not be decoded is not decoded again: then it fails as a part.
   */
  static void fail(Probe.Stage where, String text) {
    fail(
        (stage, attempt) ->
            stage == where
                || (where == Probe.Stage.DECODE && stage == Probe.Stage.PART && attempt > 1),
        text);
  }

  /** Rows with a text that begins so fail at a stage until they were tried so often. */
  static void fail(Probe.Stage where, String text, int times) {
    fail((stage, attempt) -> stage == where && attempt <= times, text);
  }

  /** Rows with a text that begins so fail at a stage; each retry ends the attempt of the job. */
  static void endRetries(Probe.Stage where, String text) {
    failing =
        (stage, row, attempt) -> {
          if (stage == where && Arrays.asList(row).contains(text)) {
            if (attempt > 1) {
              throw new AssertionError("the test ends the attempt");
            }
            throw new IllegalStateException("the test wants it");
          }
        };
  }

  private static void fail(BiPredicate<Probe.Stage, Integer> when, String text) {
    Predicate<Object> begins = value -> value instanceof String has && has.startsWith(text);
    failing =
        (stage, row, attempt) -> {
          if (when.test(stage, attempt) && Arrays.stream(row).anyMatch(begins)) {
            throw new IllegalStateException("the test wants it");
          }
        };
  }

  static void succeed() {
    failing = Probe.NONE;
    between = Interleaving.NONE;
  }

  /** The next row with a text is decoded as if it had another one. */
  static void misread(String text, String as) {
    failing =
        (stage, row, attempt) -> {
          if (stage == Probe.Stage.DECODE) {
            Arrays.setAll(row, i -> text.equals(row[i]) ? as : row[i]);
          }
        };
  }

  /** The next row with a text, and it alone, ends the attempt of the job. */
  static void die(String text) {
    failing =
        (stage, row, attempt) -> {
          if (Arrays.asList(row).contains(text)) {
            failing = Probe.NONE;
            throw new AssertionError("the test wants the job to start again");
          }
        };
  }

  /** Does something the next time that a repair comes to a place. */
  static void once(Interleaving.Point place, Callable<?> work) {
    between =
        point -> {
          if (point == place) {
            between = Interleaving.NONE;
            try {
              work.call();
            } catch (Exception e) {
              throw new IllegalStateException("the test's own work", e);
            }
          }
        };
  }

  /** The job starts again so often when it fails. */
  NotesJob withRestarts(int count) {
    job.withRestarts(count);
    return this;
  }

  /** Asks the job for something. */
  void ask(byte[] key, byte[] request) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", LocalServers.kafka().bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Stream.REQUESTS.topic(job.name()), key, request)).get();
    }
  }

  /** Changes the store by hand; {@code %s} is its schema. */
  void store(String sql) throws SQLException {
    try (Statement statement = job.store().createStatement()) {
      statement.execute(sql.formatted(job.name()));
    }
  }

  /** Attempt and next of each message of the retry stream. */
  List<String> attempts() throws Exception {
    List<String> attempts = new ArrayList<>();
    for (Topic.Message message : retries.messages()) {
      FailureMessage failure = FailureMessage.read(message.json());
      attempts.add(failure.attempt() + " " + failure.next());
    }
    return attempts;
  }

  FailureMessage firstRetry() throws Exception {
    return FailureMessage.read(retries.messages().get(0).json());
  }

  List<String> entries() throws SQLException {
    return stored(
        "SELECT owner || ' ' || id || ' ' || text || ' ' || name FROM %s.notes_of ORDER BY 1");
  }

  /** The keys that are not valid, each with its reason. */
  List<String> invalidKeys() throws SQLException {
    return stored("SELECT owner || ' ' || reason FROM %s.notes_of_g1_keys ORDER BY 1");
  }

  String counts() throws SQLException {
    return stored("SELECT sum(waiting) || ' waiting, ' || sum(dead) || ' dead' FROM %s.counts")
        .get(0);
  }

  /** One column of the store; {@code %s} is its schema. */
  List<String> stored(String sql) throws SQLException {
    try (Statement statement = job.store().createStatement()) {
      return column(statement, sql.formatted(job.name()));
    }
  }

  static List<String> column(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  static void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Override
  public void close() throws Exception {
    for (Topic topic : Arrays.asList(retries, deadLetters, invalidations, requests)) {
      if (topic != null) {
        topic.close();
      }
    }
    job.close();
    flink.close();
  }
}
