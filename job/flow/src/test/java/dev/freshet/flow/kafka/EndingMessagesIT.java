package dev.freshet.flow.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.node.Probe;
import dev.freshet.view.stream.FailureMessage;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A message whose handling ends the job, again after each restart. */
class EndingMessagesIT {
  @TempDir private Path folder;
  private NotesJob job;

  @BeforeEach
  void start() throws Exception {
    job = new NotesJob().withRestarts(20);
    job.source().execute("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob')");
    job.source()
        .execute(
            "INSERT INTO notes (id, owner, author, text) VALUES (10, 1, 1, 'a'), (20, 2, 2, 'b')");
    job.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    job.close();
  }

  @Test
  void itIsSetAsideAndItsRowIsADeadLetter() throws Exception {
    NotesJob.endRetries(Probe.Stage.PART, "fatal");
    job.source().execute("UPDATE users SET name = 'fatal' WHERE id = 1");

    NotesJob.await("a dead letter", () -> job.deadLetters().messages().size() == 1);
    FailureMessage dead = FailureMessage.read(job.deadLetters().messages().get(0).json());
    assertThat(dead.message()).contains("attempts of the job ended");
    assertThat(dead.primaryKey()).hasToString("{\"id\":1}");
    job.awaitProgress();
    assertThat(job.invalidKeys()).containsExactly("1 handling-failed");
    assertThat(job.entries()).containsExactly("2 20 b Bob");

    job.source().execute("UPDATE users SET name = 'Eva' WHERE id = 1");
    job.awaitProgress();
    assertThat(job.entries()).containsExactly("1 10 a Eva", "2 20 b Bob");
    assertThat(job.invalidKeys()).isEmpty();
    NotesJob.await("it left the dead letters", () -> job.deadLetters().messages().size() == 2);
  }
}
