package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.freshet.cli.Endpoints;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The clients for Python and TypeScript: get, pages, batch, a write of the caller's own, events,
 * repair and failures, against a key that is written meanwhile.
 */
@Tag(SharedSystem.TAG)
class ClientsIT {
  private static final int FIRST = 920_000_000;
  private static final int SITE = 1;
  private static final int CONVERSATIONS = 5;
  private static final int BETWEEN_WRITES_MS = 100;
  private static final long DEADLINE_S = 60;

  private final Endpoints endpoints;

  ClientsIT() throws Exception {
    endpoints = SharedSystem.endpoints();
  }

  @BeforeEach
  void write() throws SQLException {
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement()) {
      for (int id = FIRST; id < FIRST + CONVERSATIONS; id++) {
        statement.execute(
            "INSERT INTO conversations VALUES (%d, %d, '2026-01-01', 0)".formatted(id, SITE));
        statement.execute(
            "INSERT INTO participants VALUES (%d, %d, 1, '2020-01-01')".formatted(id, FIRST));
      }
    }
  }

  @AfterEach
  void clean() throws SQLException {
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement()) {
      statement.execute("DELETE FROM participants WHERE user_id = " + FIRST);
      statement.execute("DELETE FROM conversations WHERE id >= " + FIRST);
    }
  }

  @Test
  void pythonUsesEveryCall() throws Exception {
    check("../../job/client-python", "python3", "check.py", "python3");
  }

  @Test
  void typescriptUsesEveryCall() throws Exception {
    check("../../job/client-typescript", "node", "check.js", "nodejs");
  }

  private void check(String folder, String program, String script, String packageName)
      throws Exception {
    String install =
        program + " is missing; apt-get install -y --no-install-recommends " + packageName;
    ProcessBuilder builder =
        new ProcessBuilder(program, script)
            .directory(Path.of(folder).toFile())
            .redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "READER_URL", endpoints.get("READER_URL"),
                "READER_TOKEN", endpoints.get("READER_TOKEN"),
                "KEY", FIRST + "/" + SITE,
                "EXECUTED", executed(),
                "PYTHONDONTWRITEBYTECODE", "1"));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      assertThat(System.getenv("CI")).as(install).isNull();
      assumeTrue(false, install);
      return;
    }
    CompletableFuture<String> output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
              } catch (IOException e) {
                return "output cannot be read: " + e;
              }
            });
    try {
      writeUntilOver(process);
    } finally {
      process.destroyForcibly();
    }
    assertThat(output.get(DEADLINE_S, TimeUnit.SECONDS)).contains("all calls worked");
    assertThat(process.exitValue()).isZero();
  }

  private String executed() throws SQLException {
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@GLOBAL.gtid_executed")) {
      row.next();
      return row.getString(1);
    }
  }

  /** Makes one conversation the newest again and again, so that the first entry changes. */
  private void writeUntilOver(Process process) throws Exception {
    LocalDateTime time = LocalDateTime.of(2026, 2, 1, 0, 0);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    try (Connection source = endpoints.source();
        PreparedStatement update =
            source.prepareStatement("UPDATE conversations SET last_message_at = ? WHERE id = ?")) {
      while (!process.waitFor(BETWEEN_WRITES_MS, TimeUnit.MILLISECONDS)
          && System.nanoTime() < end) {
        time = time.plusSeconds(1);
        update.setObject(1, time);
        update.setInt(2, FIRST);
        update.executeUpdate();
      }
    }
  }
}
