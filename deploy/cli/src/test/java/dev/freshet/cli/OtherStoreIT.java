package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.LocalServers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@code deploy/docs/store.md} says: the job moves to another Postgres, and is rebuilt there.
 */
class OtherStoreIT {
  private static final String VIEW = "unread_conversations";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void aSavepointFillsAnotherPostgres() throws Exception {
    OwnServers servers = OwnServers.start(folder, "moved", LocalServers.mysql().port(), 300);
    assertThat(servers.refused("rebuild", "--all")).contains("moved").contains("resume");
    servers.done("submit");
    Launcher.Started reader = servers.reader();
    try {
      assertRight(servers);
      assertThat(servers.refused("rebuild", "films")).contains("films").contains(VIEW);
      assertThat(servers.done("rebuild", VIEW)).anyMatch(line -> line.contains("rebuilt " + VIEW));
      assertRight(servers);
      servers.done("savepoint", "--stop");
    } finally {
      end(reader);
    }
    servers.moveStore("moved_to");
    execute(servers, "UPDATE conversations SET archived = 1 - archived WHERE id % 3 = 0");
    servers.done("resume");
    reader = servers.reader();
    try {
      assertRight(servers);
      List<String> verified = servers.done("verify", VIEW, "--all");
      assertThat(verified).anyMatch(line -> line.contains("mismatched 0"));

      String savepoint = last(servers.done("savepoint", "--stop"));
      List<String> resumed = servers.done("resume", "--from=" + savepoint, "--rebuild");
      assertThat(resumed).anyMatch(line -> line.contains("rebuilt from state"));
      execute(servers, "UPDATE users SET name = CONCAT(name, ' B')");
      assertRight(servers);
      servers.done("cancel");
    } finally {
      end(reader);
    }
  }

  private static void end(Launcher.Started reader) throws InterruptedException {
    reader.process().destroy();
    assertThat(reader.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
  }

  private static void assertRight(OwnServers servers) {
    assertThat(Launcher.await(PATIENCE, () -> isRight(servers))).as("answers are right").isTrue();
  }

  private static boolean isRight(OwnServers servers) {
    try {
      return servers.differences().isEmpty();
    } catch (IOException e) {
      // The reader is starting.
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void execute(OwnServers servers, String sql) throws Exception {
    try (Connection mysql = servers.application();
        Statement statement = mysql.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String last(List<String> lines) {
    return lines.get(lines.size() - 1);
  }
}
