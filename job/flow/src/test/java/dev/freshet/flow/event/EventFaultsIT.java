package dev.freshet.flow.event;

import static dev.freshet.flow.event.RecordsUnderTest.DEADLINE;
import static dev.freshet.flow.event.RecordsUnderTest.PARTITIONS;
import static dev.freshet.flow.event.RecordsUnderTest.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.servers.KafkaConfig;
import dev.freshet.servers.KafkaServer;
import dev.freshet.servers.LocalServers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the topics and the broker of a job over events. */
class EventFaultsIT {
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

  /** What is removed while the job is stopped is passed; the rest and new partitions are read. */
  @Test
  void removedRecordsAndNewPartitionsDoNotStopTheLog() throws Exception {
    job.start(folder, List.of(records.declaration()), 2, 100);
    topic.send(0, event("a", "1", 1, "created", ""));
    records.awaitStore();
    String savepoint = job.stop(folder);
    topic.send(0, event("removed", "1", 1, "created", ""));
    topic.send(0, event("removed", "2", 2, "renamed", ",'name':'n'"));
    topic.send(0, event("a", "2", 2, "renamed", ",'name':'kept'"));
    topic.flush();
    topic.removeBefore(0, 3);
    job.resume(savepoint);
    records.awaitStore();
    topic.grow(PARTITIONS + 1);
    topic.send(PARTITIONS, event("b", "1", 1, "created", ""));
    records.awaitStore();
    assertThat(records.stored())
        .isEqualTo(Map.of("a", "kept null null 2", "b", "null null null 1"));
  }

  @Test
  void anIdleTopicIsFresh() throws Exception {
    job.start(folder, List.of(records.declaration()), 2, 100);
    Instant begin = Instant.now();
    records.await("a time after the start", () -> records.asOf().isAfter(begin));
    topic.send("r", event("r", "a", 1, "created", ""));
    records.awaitStore();
    Instant then = Instant.now();
    records.await("a time after the event", () -> records.asOf().isAfter(then));
  }

  @Test
  void aFrozenOrKilledBrokerMakesAnswersOldAndNothingElse() throws Exception {
    KafkaServer broker =
        LocalServers.started(new KafkaServer(KafkaConfig.in(LocalServers.newFolder("kafka"))));
    try (broker;
        EventTopic own = new EventTopic(broker.bootstrap(), name + "-events", PARTITIONS)) {
      job.withKafka(broker.bootstrap())
          .withRestarts(10)
          .start(folder, List.of(records.declaration()), 2, 100);
      own.send("a", event("a", "1", 1, "created", ""));
      records.await(
          "the first event", () -> records.stored().equals(Map.of("a", "null null null 1")));
      records.await("a first time", () -> records.asOf().isAfter(Instant.EPOCH));

      broker.freeze();
      Instant frozen = Instant.now();
      records.await("an old answer", () -> Instant.now().isAfter(records.asOf().plusSeconds(3)));
      assertThat(records.asOf()).isBefore(frozen);
      broker.thaw();
      records.await("a new answer", () -> records.asOf().isAfter(frozen.plusSeconds(3)));

      broker.kill();
      own.send("a", event("a", "1", 1, "created", ""));
      own.send("b", event("b", "2", 2, "created", ""));
      broker.start(DEADLINE);
      records.await(
          "what was sent meanwhile",
          () -> records.stored().equals(Map.of("a", "null null null 1", "b", "null null null 1")));
      Instant then = Instant.now();
      records.await("a time after the kill", () -> records.asOf().isAfter(then));
    }
  }

  @Test
  void theMarkOfATransactionDoesNotHoldTheLogUp() throws Exception {
    try (EventTopic other =
        new EventTopic(
            LocalServers.kafka().bootstrap(),
            name + "-transactions",
            1,
            Map.of("transactional.id", name))) {
      other.producer().initTransactions();
      other.producer().beginTransaction();
      other.send(0, event("kept", "a", 1, "created", ""));
      other.producer().commitTransaction();
      other.producer().beginTransaction();
      other.send(0, event("aborted", "a", 1, "created", ""));
      other.producer().flush();
      other.producer().abortTransaction();
      job.start(folder, List.of(RecordsUnderTest.declaration(name + "-transactions")), 1, 100);
      records.await(
          "the first fill", () -> records.stored().equals(Map.of("kept", "null null null 1")));
      Instant then = Instant.now();
      records.await("a later time", () -> records.asOf().isAfter(then));
      assertThat(records.stored()).containsOnlyKeys("kept");
    }
  }

  /** Also if it is created again: its records are others, with the same offsets. */
  @Test
  void aTopicThatIsDeletedMakesAnswersOld() throws Exception {
    job.withRestarts(10).start(folder, List.of(records.declaration()), 2, 100);
    topic.send(0, event("a", "1", 1, "created", ""));
    topic.send(0, event("a", "2", 2, "renamed", ",'name':'n'"));
    records.awaitStore();
    topic.delete();
    Instant deleted = Instant.now();
    records.await("an old answer", () -> Instant.now().isAfter(records.asOf().plusSeconds(5)));
    assertThat(records.asOf()).isBefore(deleted.plusSeconds(5));
    assertThat(records.stored()).isEqualTo(Map.of("a", "n null null 2"));

    topic.create();
    Instant again = Instant.now();
    topic.send(0, event("b", "1", 1, "created", ""));
    topic.flush();
    records.await("an old answer", () -> Instant.now().isAfter(again.plusSeconds(10)));
    assertThat(records.asOf()).isBefore(again);
  }
}
