package dev.freshet.flow.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.node.Probe;
import dev.freshet.view.stream.Stream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka lost the job's topics, and with them retries and dead letters. */
class TopicsLostIT {
  @TempDir private Path folder;
  private NotesJob job;

  @BeforeEach
  void start() throws Exception {
    job = new NotesJob();
    job.source().execute("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob')");
    job.source()
        .execute(
            "INSERT INTO notes (id, owner, author, text) VALUES (10, 1, 1, 'a'), (20, 2, 2, 'b')");
    job.start(folder);
    // More messages than the topics will have that take their place.
    for (int i = 0; i < 10; i++) {
      NotesJob.fail(Probe.Stage.EXPRESSION, "once", 1);
      job.source().execute("UPDATE notes SET text = 'once " + i + "' WHERE id = 20");
      NotesJob.await("it is valid by itself", () -> job.invalidKeys().isEmpty());
    }
  }

  @AfterEach
  void stop() throws Exception {
    job.close();
  }

  @Test
  void keysWhoseDeadLettersAreGoneAreRepaired() throws Exception {
    // A restart computes entries again, but not what a dimension sends: only a repair helps.
    NotesJob.fail(Probe.Stage.PART, "flaky", Integer.MAX_VALUE);
    job.source().execute("UPDATE users SET name = 'flaky' WHERE id = 1");
    NotesJob.await("it is dead", () -> job.deadLetters().messages().size() == 1);
    assertThat(job.invalidKeys()).hasSize(1);
    String savepoint = job.stop(folder);
    job.loseTopics();
    NotesJob.succeed();
    job.resume(savepoint);
    NotesJob.await("it is repaired", () -> job.invalidKeys().isEmpty());
    job.awaitProgress();
    assertThat(job.entries()).containsExactly("1 10 a flaky", "2 20 once 9 Bob");
    assertThat(job.stored("SELECT count(*) FROM %s.topics WHERE lost_at IS NOT NULL"))
        .containsExactly(Integer.toString(Stream.values().length));
    NotesJob.await("nothing waits", () -> job.counts().equals("0 waiting, 0 dead"));
  }

  @Test
  void topicsThatStayAreNotLost() throws Exception {
    String savepoint = job.stop(folder);
    job.resume(savepoint);
    job.awaitProgress();
    assertThat(job.stored("SELECT count(*) FROM %s.topics WHERE lost_at IS NOT NULL"))
        .containsExactly("0");
  }
}
