package dev.freshet.flow;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.source.BinlogEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that resumes refuses a source whose binlog was replaced. The message has the transactions
 * that the job has read and those that the server has executed. The job never refuses a source that
 * only wrote more.
 */
class SourceWentBackIT {
  private static final Duration START = Duration.ofMinutes(1);
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
      PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT n.owner, n.id, n.text FROM notes n ORDER BY id
      """;

  @TempDir private Path folder;

  /** Changes the source while the job is stopped. */
  private interface Stopped {
    void with(MySqlServer mysql, JobUnderTest job) throws Exception;
  }

  @Test
  void aBinlogThatWasResetAndIsLongerThanBeforeIsRefused() throws Exception {
    refused(
        (mysql, job) -> {
          try (Statement source = job.source().createStatement()) {
            reset(source);
            write(source, 1000, 300);
          }
        },
        "a different binlog from the one that the job has read");
  }

  @Test
  void aBinlogThatWasResetAndHasMoreFilesThanBeforeIsRefused() throws Exception {
    refused(
        (mysql, job) -> {
          try (Statement source = job.source().createStatement()) {
            reset(source);
            write(source, 1000, 10);
            source.execute("FLUSH BINARY LOGS");
            write(source, 2000, 300);
            source.execute("FLUSH BINARY LOGS");
          }
        },
        "a different binlog from the one that the job has read");
  }

  @Test
  void aBinlogThatWasResetAndIsShorterThanBeforeIsRefused() throws Exception {
    refused(
        (mysql, job) -> {
          try (Statement source = job.source().createStatement()) {
            reset(source);
            write(source, 1000, 1);
          }
        },
        "lacks transactions that the job has read");
  }

  @Test
  void anOlderCopyOfTheDataFolderIsRefused() throws Exception {
    olderCopy(0, "lacks transactions that the job has read");
  }

  @Test
  void anOlderCopyThatHasWrittenMoreThanItLacksIsRefused() throws Exception {
    olderCopy(100, "a different binlog from the one that the job has read");
  }

  private void olderCopy(int written, String why) throws Exception {
    MySqlServer mysql = LocalServers.newMySql();
    try (JobUnderTest job = job(mysql)) {
      // The copy must contain the binlog file that the job will read.
      Path data = mysql.config().directory().resolve("data");
      Path copy = folder.resolve("copy");
      mysql.kill();
      run("cp", "-a", data.toString(), copy.toString());
      mysql.start(START);
      job.reconnect();
      try (Statement source = job.source().createStatement()) {
        write(source, 100, 20);
      }
      job.start(folder, List.of(VIEW), 1, 1000);
      job.awaitProgress();
      String savepoint = job.stop(folder);
      mysql.kill();
      run("rm", "-r", data.toString());
      run("cp", "-a", copy.toString(), data.toString());
      mysql.start(START);
      job.reconnect();
      try (Statement source = job.source().createStatement()) {
        write(source, 1000, written);
      }
      job.resume(savepoint);
      requireRefused(job, why);
    } finally {
      mysql.kill();
    }
  }

  @Test
  void aSourceThatGoesOnIsNeverRefused() throws Exception {
    MySqlServer mysql = LocalServers.newMySql();
    AtomicBoolean over = new AtomicBoolean();
    try (JobUnderTest job = job(mysql);
        Connection other = job.openSource();
        Statement load = other.createStatement()) {
      job.start(folder, List.of(VIEW), 1, 1000);
      job.awaitProgress();
      CompletableFuture<Integer> writing =
          CompletableFuture.supplyAsync(() -> writeUntil(over, load));
      try {
        for (int resume = 0; resume < (FULL ? 30 : 3); resume++) {
          String savepoint = job.stop(folder);
          if (resume % 3 == 1) {
            try (Statement source = job.source().createStatement()) {
              source.execute("FLUSH BINARY LOGS");
            }
          }
          job.resume(savepoint);
          job.awaitProgress();
        }
      } finally {
        over.set(true);
        System.out.println(writing.join() + " transactions beside");
      }
      job.awaitProgress();
      try (Statement source = job.source().createStatement();
          Statement store = job.store().createStatement()) {
        assertThat(count(store, job.name() + ".notes_of")).isEqualTo(count(source, "notes"));
      }
    } finally {
      mysql.kill();
    }
  }

  private void refused(Stopped meanwhile, String why) throws Exception {
    MySqlServer mysql = LocalServers.newMySql();
    try (JobUnderTest job = job(mysql)) {
      job.start(folder, List.of(VIEW), 1, 1000);
      job.awaitProgress();
      try (Statement source = job.source().createStatement()) {
        write(source, 100, 20);
      }
      job.awaitProgress();
      String savepoint = job.stop(folder);
      meanwhile.with(mysql, job);
      job.resume(savepoint);
      requireRefused(job, why);
    } finally {
      mysql.kill();
    }
  }

  private static void requireRefused(JobUnderTest job, String why) throws Exception {
    Throwable failure = job.awaitFailure();
    System.out.println(failure.getMessage());
    assertThat(failure)
        .isInstanceOf(SourceFault.class)
        .hasMessageContaining(why)
        .hasMessageContaining("executed")
        .hasMessageContaining("submit");
  }

  private static JobUnderTest job(MySqlServer mysql) throws SQLException {
    JobUnderTest job = new JobUnderTest("back_" + System.nanoTime(), mysql);
    try (Statement source = job.source().createStatement()) {
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, text VARCHAR(99),"
              + " KEY (owner))");
      write(source, 0, 5);
    }
    return job;
  }

  /**
   * Resets the binlog. Waits before, because a binlog file has its creation time in whole seconds.
   */
  private static void reset(Statement source) throws SQLException {
    LockSupport.parkNanos(Duration.ofMillis(1100).toNanos());
    source.execute(
        BinlogEnd.isRenamed(source.getConnection().getMetaData())
            ? "RESET BINARY LOGS AND GTIDS"
            : "RESET MASTER");
  }

  private static void write(Statement source, int first, int count) throws SQLException {
    for (int id = first; id < first + count; id++) {
      source.execute("INSERT INTO notes VALUES (" + id + ", " + id % 7 + ", 'a note')");
    }
  }

  private static int writeUntil(AtomicBoolean over, Statement load) {
    int written = 0;
    try {
      while (!over.get()) {
        write(load, 1_000_000 + written++, 1);
      }
      return written;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long count(Statement statement, String table) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
