package dev.freshet.flow.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.node.Probe;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.InvalidationMessage;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that fail, on their way over Kafka, with all servers real. */
class StreamsIT {
  @TempDir private Path folder;
  private NotesJob job;

  @BeforeEach
  void start() throws Exception {
    job = new NotesJob();
    job.source().execute("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob')");
    job.source()
        .execute(
            "INSERT INTO notes (id, owner, author, text) VALUES (10, 1, 1, 'a'), (11, 1, 1, 'b'),"
                + " (20, 2, 2, 'c')");
    job.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    job.close();
  }

  @Test
  void whatMysqlItselfHoldsIsADeadLetterUntilItIsMended() throws Exception {
    job.source().execute("UPDATE users SET name = CONCAT('A', CHAR(0 USING utf8mb4)) WHERE id = 1");
    NotesJob.await("a dead letter", () -> job.deadLetters().messages().size() == 1);

    FailureMessage retry = job.firstRetry();
    assertThat(retry.next()).isEqualTo("read");
    assertThat(retry.attempt()).isEqualTo(1);
    assertThat(retry.reason()).isEqualTo("unstorable-value");
    assertThat(retry.alias()).isEqualTo("u");
    assertThat(retry.primaryKey()).hasToString("{\"id\":1}");
    FailureMessage dead = FailureMessage.read(job.deadLetters().messages().get(0).json());
    assertThat(dead.attempt()).isEqualTo(2);
    assertThat(dead.version()).isEqualTo(retry.version());
    assertThat(job.deadLetters().messages().get(0).key())
        .isEqualTo(job.name() + "/notes_of/u/" + retry.row());
    NotesJob.await("the dead one is counted", () -> job.counts().equals("0 waiting, 1 dead"));
    assertThat(job.invalidKeys()).containsExactly("1 unstorable-value");
    assertThat(job.entries()).containsExactly("2 20 c Bob");

    job.source().execute("UPDATE users SET name = 'Eva' WHERE id = 1");
    job.awaitProgress();
    assertThat(job.invalidKeys()).isEmpty();
    assertThat(job.entries()).containsExactly("1 10 a Eva", "1 11 b Eva", "2 20 c Bob");
    NotesJob.await("it left the dead letters", () -> job.deadLetters().messages().size() == 2);
    assertThat(job.deadLetters().messages().get(1).json()).isNull();
    NotesJob.await("nothing is counted", () -> job.counts().equals("0 waiting, 0 dead"));
    NotesJob.await("both states", () -> job.invalidations().messages().size() == 2);
    assertThat(states()).containsExactly("{\"owner\":1} INVALID", "{\"owner\":1} VALID");
  }

  @Test
  void aDateInNoCalendarCostsItsKey() throws Exception {
    job.source().execute("SET SESSION sql_mode = ''");
    costsItsKey(
        "written = '2024-00-10'",
        "unreadable-value",
        "is not a valid date",
        "written = '2024-01-10'");
  }

  @Test
  void aTextOfTenMegabytesCostsItsKey() throws Exception {
    costsItsKey(
        "body = REPEAT('x', 10 * 1024 * 1024)", "too-large", "10485760 bytes", "body = 'short'");
  }

  /** Owner 2 gets a bad value and then a good one; owner 1 is not touched. */
  private void costsItsKey(String bad, String reason, String message, String good)
      throws Exception {
    job.source().execute("UPDATE notes SET " + bad + " WHERE id = 20");
    NotesJob.await("a dead letter", () -> job.deadLetters().messages().size() == 1);
    assertThat(job.invalidKeys()).containsExactly("2 " + reason);
    assertThat(job.entries()).containsExactly("1 10 a Ada", "1 11 b Ada");
    assertThat(job.attempts()).containsExactly("1 read");
    FailureMessage dead = FailureMessage.read(job.deadLetters().messages().get(0).json());
    assertThat(dead.reason()).isEqualTo(reason);
    assertThat(job.firstRetry().message()).contains(message);
    assertThat(dead.placed()).isTrue();

    job.source().execute("UPDATE notes SET " + good + " WHERE id = 20");
    job.awaitProgress();
    assertThat(job.invalidKeys()).isEmpty();
    assertThat(job.entries()).containsExactly("1 10 a Ada", "1 11 b Ada", "2 20 c Bob");
    NotesJob.await("it left the dead letters", () -> job.deadLetters().messages().size() == 2);
    NotesJob.await("nothing is counted", () -> job.counts().equals("0 waiting, 0 dead"));
  }

  @Test
  void whatFailsForAWhileIsTriedAgainUntilItSucceeds() throws Exception {
    NotesJob.fail(Probe.Stage.EXPRESSION, "flaky", 3);
    job.source().execute("UPDATE notes SET text = 'flaky' WHERE id = 10");
    job.awaitProgress();
    assertThat(job.invalidKeys()).containsExactly("1 handling-failed");
    NotesJob.await("it is valid by itself", () -> job.invalidKeys().isEmpty());

    assertThat(job.entries()).containsExactly("1 10 flaky Ada", "1 11 b Ada", "2 20 c Bob");
    assertThat(job.attempts()).containsExactly("1 retry", "2 retry", "3 retry");
    assertThat(job.deadLetters().messages()).isEmpty();
    NotesJob.await("nothing waits", () -> job.counts().equals("0 waiting, 0 dead"));
    NotesJob.await("both states", () -> job.invalidations().messages().size() == 2);
  }

  @Test
  void whatCannotBeDecodedIsReadFromMysql() throws Exception {
    // Subscriptions of a row that was never seen whole come with the row that is read.
    NotesJob.fail(Probe.Stage.DECODE, "odd", Integer.MAX_VALUE);
    job.source().execute("INSERT INTO notes (id, owner, author, text) VALUES (21, 2, 2, 'odd')");
    job.awaitProgress();
    assertThat(job.invalidKeys()).containsExactly("2 handling-failed");
    // Another row's changes meanwhile: the row that is read is that of its own place.
    for (int i = 0; i < 200; i++) {
      job.source().execute("UPDATE notes SET text = 'c" + i + "' WHERE id = 20");
    }
    NotesJob.await("it is valid by itself", () -> job.invalidKeys().isEmpty());
    job.awaitProgress();
    assertThat(job.entries())
        .containsExactly("1 10 a Ada", "1 11 b Ada", "2 20 c199 Bob", "2 21 odd Bob");
    assertThat(job.attempts()).startsWith("1 retry").doesNotContain("1 dead");
  }

  @Test
  void textThatJavaDecodesOtherwiseThanMysqlIsReadFromMysql() throws Exception {
    job.source().execute("UPDATE notes SET text = CONCAT('x', _latin1 X'81') WHERE id = 20");
    job.awaitProgress();
    NotesJob.await("it is valid by itself", () -> job.invalidKeys().isEmpty());
    assertThat(job.entries()).containsExactly("1 10 a Ada", "1 11 b Ada", "2 20 x\u0081 Bob");
    assertThat(job.attempts()).containsExactly("1 read");
    assertThat(job.firstRetry().reason()).isEqualTo("unreadable-value");
    assertThat(job.deadLetters().messages()).isEmpty();
  }

  @Test
  void aDeadLetterIsReadAgainOnRequest() throws Exception {
    NotesJob.fail(Probe.Stage.ENTRY, "hard", Integer.MAX_VALUE);
    job.source().execute("UPDATE notes SET text = 'hard' WHERE id = 20");
    NotesJob.await("a dead letter", () -> job.deadLetters().messages().size() == 1);
    assertThat(job.attempts()).containsExactly("1 retry", "2 retry", "3 retry", "4 read");
    assertThat(job.invalidKeys()).containsExactly("2 handling-failed");

    NotesJob.succeed();
    FailureMessage dead = FailureMessage.read(job.deadLetters().messages().get(0).json());
    RequestMessage request = RequestMessage.retry(dead, Instant.now());
    job.ask(null, "nobody understands this".getBytes(StandardCharsets.UTF_8));
    job.ask(request.kafkaKey(), request.toJson());
    NotesJob.await("it is valid again", () -> job.invalidKeys().isEmpty());
    assertThat(job.entries()).containsExactly("1 10 a Ada", "1 11 b Ada", "2 20 hard Bob");
    NotesJob.await("it left the dead letters", () -> job.deadLetters().messages().size() == 2);
    assertThat(job.deadLetters().messages().get(1).json()).isNull();

    NotesJob.await("both requests", () -> job.requests().all().size() == 2);
    List<Topic.Message> asked = job.requests().all();
    assertThat(asked.get(0).problems()).as("%s", asked.get(0)).isNotEmpty();
    assertThat(asked.get(1).problems()).as("%s", asked.get(1)).isEmpty();
    assertThat(asked.get(1).key()).isEqualTo(job.name() + "/notes_of/" + dead.row());
  }

  @Test
  void aPartThatCannotBeMadeCostsTheKeysThatNeedIt() throws Exception {
    NotesJob.fail(Probe.Stage.PART, "Eva", 2);
    job.source().execute("UPDATE users SET name = 'Eva' WHERE id = 1");
    job.awaitProgress();
    assertThat(job.invalidKeys()).containsExactly("1 handling-failed");
    assertThat(job.entries()).containsExactly("2 20 c Bob");
    NotesJob.await("it is valid by itself", () -> job.invalidKeys().isEmpty());
    assertThat(job.entries()).containsExactly("1 10 a Eva", "1 11 b Eva", "2 20 c Bob");
    assertThat(job.attempts()).containsExactly("1 retry", "2 retry");
  }

  @Test
  void aTableThatIsEmptiedWithoutATraceIsTheEndOfItsViewAndSaid() throws Exception {
    job.source().execute("TRUNCATE TABLE users");
    job.awaitProgress();
    NotesJob.await("it is said", () -> job.invalidations().messages().size() == 1);
    assertThat(states()).containsExactly("null INVALID");
    assertThat(InvalidationMessage.read(job.invalidations().messages().get(0).json()).reason())
        .isEqualTo("schema-changed");
    assertThat(job.stored("SELECT reasons[1] FROM %s.progress LIMIT 1"))
        .containsExactly("schema-changed");
  }

  private List<String> states() throws Exception {
    List<String> states = new ArrayList<>();
    for (Topic.Message message : job.invalidations().messages()) {
      InvalidationMessage state = InvalidationMessage.read(message.json());
      states.add(state.key() + " " + state.state());
    }
    return states;
  }
}
