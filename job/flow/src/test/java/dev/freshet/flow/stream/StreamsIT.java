package dev.freshet.flow.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.node.Probe;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.InvalidationMessage;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that fail, on their way over Kafka, with all servers real. */
class StreamsIT {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
      PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT n.owner, n.id, n.text, u.name FROM notes n JOIN users u ON u.id = n.owner
      ORDER BY id
      """;

  /** What fails, and how often; the job's tasks run in this JVM. */
  private static volatile Probe failing = Probe.NONE;

  private static final Handling HANDLING =
      new Handling(
          Handling.MOST_VALUE_BYTES, (stage, row, attempt) -> failing.at(stage, row, attempt));

  @TempDir private Path folder;
  private MiniClusterWithClientResource flink;
  private JobUnderTest job;
  private Statement source;
  private Topic retries;
  private Topic deadLetters;
  private Topic invalidations;

  @BeforeEach
  void start() throws Exception {
    failing = Probe.NONE;
    flink =
        new MiniClusterWithClientResource(
            new MiniClusterResourceConfiguration.Builder()
                .setConfiguration(new Configuration())
                .setNumberTaskManagers(1)
                .setNumberSlotsPerTaskManager(2)
                .build());
    flink.before();
    String bootstrap = LocalServers.kafka().bootstrap();
    job = new JobUnderTest("streams_" + System.nanoTime()).withKafka(bootstrap).with(HANDLING);
    source = job.source().createStatement();
    source.execute("CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(99))");
    source.execute(
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, text VARCHAR(99))");
    source.execute("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob')");
    source.execute("INSERT INTO notes VALUES (10, 1, 'a'), (11, 1, 'b'), (20, 2, 'c')");
    job.start(folder, List.of(VIEW), 2, 1000);
    job.awaitProgress();
    retries = new Topic(bootstrap, job.name(), Stream.RETRY);
    deadLetters = new Topic(bootstrap, job.name(), Stream.DEAD_LETTER);
    invalidations = new Topic(bootstrap, job.name(), Stream.INVALIDATION);
  }

  @AfterEach
  void stop() throws Exception {
    retries.close();
    deadLetters.close();
    invalidations.close();
    job.close();
    flink.after();
  }

  @Test
  void whatMysqlItselfHoldsIsADeadLetterUntilItIsMended() throws Exception {
    source.execute("UPDATE users SET name = CONCAT('A', CHAR(0 USING utf8mb4)) WHERE id = 1");
    await("a dead letter", () -> deadLetters.messages().size() == 1);

    FailureMessage retry = FailureMessage.read(retries.messages().get(0).json());
    assertThat(retry.next()).isEqualTo("read");
    assertThat(retry.attempt()).isEqualTo(1);
    assertThat(retry.reason()).isEqualTo("unstorable-value");
    assertThat(retry.alias()).isEqualTo("u");
    assertThat(retry.primaryKey()).hasToString("{\"id\":1}");
    FailureMessage dead = FailureMessage.read(deadLetters.messages().get(0).json());
    assertThat(dead.attempt()).isEqualTo(2);
    assertThat(dead.version()).isEqualTo(retry.version());
    assertThat(deadLetters.messages().get(0).key()).isEqualTo(retries.messages().get(0).key());
    await("the dead one is counted", () -> counts().equals("0 waiting, 1 dead"));
    assertThat(invalidKeys()).containsExactly("1 unstorable-value");
    assertThat(entries()).containsExactly("2 20 c Bob");

    source.execute("UPDATE users SET name = 'Eva' WHERE id = 1");
    job.awaitProgress();
    assertThat(invalidKeys()).isEmpty();
    assertThat(entries()).containsExactly("1 10 a Eva", "1 11 b Eva", "2 20 c Bob");
    await("it left the dead letters", () -> deadLetters.messages().size() == 2);
    assertThat(deadLetters.messages().get(1).json()).isNull();
    await("nothing is counted", () -> counts().equals("0 waiting, 0 dead"));
    await("both states", () -> invalidations.messages().size() == 2);
    assertThat(states()).containsExactly("{\"owner\":1} INVALID", "{\"owner\":1} VALID");
  }

  @Test
  void whatFailsForAWhileIsTriedAgainUntilItSucceeds() throws Exception {
    failing = failing(Probe.Stage.EXPRESSION, "flaky", 3);
    source.execute("UPDATE notes SET text = 'flaky' WHERE id = 10");
    job.awaitProgress();
    assertThat(invalidKeys()).containsExactly("1 handling-failed");
    await("it is valid by itself", () -> invalidKeys().isEmpty());

    assertThat(entries()).containsExactly("1 10 flaky Ada", "1 11 b Ada", "2 20 c Bob");
    assertThat(attempts()).containsExactly("1 retry", "2 retry", "3 retry");
    assertThat(deadLetters.messages()).isEmpty();
    await("nothing waits", () -> counts().equals("0 waiting, 0 dead"));
    await("both states", () -> invalidations.messages().size() == 2);
  }

  @Test
  void whatCannotBeDecodedIsReadFromMysql() throws Exception {
    // Subscriptions of a row that was never seen whole come with the row that is read.
    failing = failing(Probe.Stage.DECODE, "odd", Integer.MAX_VALUE);
    source.execute("INSERT INTO notes VALUES (21, 2, 'odd')");
    job.awaitProgress();
    assertThat(invalidKeys()).containsExactly("2 handling-failed");
    // Another row's changes meanwhile: the row that is read is that of its own place.
    for (int i = 0; i < 200; i++) {
      source.execute("UPDATE notes SET text = 'c" + i + "' WHERE id = 20");
    }
    await("it is valid by itself", () -> invalidKeys().isEmpty());
    job.awaitProgress();
    assertThat(entries())
        .containsExactly("1 10 a Ada", "1 11 b Ada", "2 20 c199 Bob", "2 21 odd Bob");
    assertThat(attempts()).startsWith("1 retry").doesNotContain("1 dead");
  }

  @Test
  void aDeadLetterIsReadAgainOnRequest() throws Exception {
    failing = failing(Probe.Stage.ENTRY, "hard", Integer.MAX_VALUE);
    source.execute("UPDATE notes SET text = 'hard' WHERE id = 20");
    await("a dead letter", () -> deadLetters.messages().size() == 1);
    assertThat(attempts()).containsExactly("1 retry", "2 retry", "3 retry", "4 read");
    assertThat(invalidKeys()).containsExactly("2 handling-failed");

    failing = Probe.NONE;
    FailureMessage dead = FailureMessage.read(deadLetters.messages().get(0).json());
    ask("nobody understands this".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    ask(RequestMessage.retry(dead, Instant.now()).toJson());
    await("it is valid again", () -> invalidKeys().isEmpty());
    assertThat(entries()).containsExactly("1 10 a Ada", "1 11 b Ada", "2 20 hard Bob");
    await("it left the dead letters", () -> deadLetters.messages().size() == 2);
    assertThat(deadLetters.messages().get(1).json()).isNull();
  }

  private void ask(byte[] request) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", LocalServers.kafka().bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(Stream.REQUESTS.topic(job.name()), request)).get();
    }
  }

  /** Rows with a text fail at a stage until they were tried so often. */
  private static Probe failing(Probe.Stage where, String text, int times) {
    return (stage, row, attempt) -> {
      if (stage == where && Arrays.asList(row).contains(text) && attempt <= times) {
        throw new IllegalStateException("the test wants it");
      }
    };
  }

  private List<String> attempts() throws Exception {
    List<String> attempts = new ArrayList<>();
    for (Topic.Message message : retries.messages()) {
      FailureMessage failure = FailureMessage.read(message.json());
      attempts.add(failure.attempt() + " " + failure.next());
    }
    return attempts;
  }

  private List<String> states() throws Exception {
    List<String> states = new ArrayList<>();
    for (Topic.Message message : invalidations.messages()) {
      InvalidationMessage state = InvalidationMessage.read(message.json());
      states.add(state.key() + " " + state.state());
    }
    return states;
  }

  private List<String> entries() throws SQLException {
    return column(
        "SELECT owner || ' ' || id || ' ' || text || ' ' || name FROM %s.notes_of ORDER BY 1");
  }

  private List<String> invalidKeys() throws SQLException {
    return column("SELECT owner || ' ' || reason FROM %s.notes_of_g1_keys ORDER BY 1");
  }

  private String counts() throws SQLException {
    return column("SELECT sum(waiting) || ' waiting, ' || sum(dead) || ' dead' FROM %s.counts")
        .get(0);
  }

  private List<String> column(String sql) throws SQLException {
    try (Statement statement = job.store().createStatement();
        ResultSet rows = statement.executeQuery(sql.formatted(job.name()))) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }
}
