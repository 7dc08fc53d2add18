package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.TcpProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way between the job and MySQL falls silent, and nobody closes a connection. The reader, which
 * has a way of its own, notices within FRESHNESS; the job comes back by itself once there is a way.
 */
class DeadConnectionIT {
  private static final Duration SILENT = Duration.ofSeconds(FULL ? 30 : 8);
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String VIEW = "unread_conversations";

  @TempDir private Path folder;

  @Test
  void aDeadConnectionIsNoticedWithinFreshnessAndReplaced() throws Exception {
    try (TcpProxy proxy = new TcpProxy(LocalServers.mysql().port())) {
      OwnServers servers = OwnServers.start(folder, "silent", proxy.port(), 300);
      Launcher.Started reader = servers.reader();
      try {
        servers.done("submit");
        assertThat(Launcher.await(PATIENCE, () -> servers.differences().isEmpty())).isTrue();

        proxy.silence();
        Instant silent = Instant.now();
        rename(servers, "While it was silent");
        ReaderClient client = servers.client();
        assertThat(Launcher.await(PATIENCE, () -> source(client).equals("mysql"))).isTrue();
        Duration noticed = Duration.between(silent, Instant.now());
        System.out.printf("silent: MySQL answers after %d ms%n", noticed.toMillis());
        assertThat(noticed).isLessThan(FRESHNESS.plusSeconds(1));

        JsonNode status = status(servers);
        System.out.printf("silent: %s%n", status.required("troubles"));
        assertThat(status.required("troubles").toString())
            .contains("MySQL answers instead")
            .contains("it does not answer");
        assertThat(status.required("job").required("state").asText()).isEqualTo("RUNNING");

        Instant end = silent.plus(SILENT);
        assertThat(Launcher.await(SILENT, () -> Instant.now().isAfter(end))).isTrue();
        proxy.forwardNew();
        Instant back = Instant.now();
        assertThat(Launcher.await(PATIENCE, () -> source(client).equals("projection"))).isTrue();
        System.out.printf(
            "silent for %s: the projection serves %d ms after new connections work%n",
            SILENT, Duration.between(back, Instant.now()).toMillis());
        assertThat(Launcher.await(PATIENCE, () -> servers.differences().isEmpty())).isTrue();
        assertThat(status(servers).required("job").required("restarts").asInt()).isZero();
        assertThat(status(servers).required("troubles")).isEmpty();
      } finally {
        // The command first, so that it ends the reader it has started.
        reader.process().destroy();
        assertThat(reader.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        servers.run("cancel");
      }
    }
  }

  private static String source(ReaderClient client) {
    try {
      return client.ask(VIEW, "1/1", 1).path("source").asText();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void rename(OwnServers servers, String name) throws Exception {
    try (Connection mysql = servers.application();
        Statement statement = mysql.createStatement()) {
      statement.executeUpdate("UPDATE users SET name = '" + name + "'");
    }
  }

  private static JsonNode status(OwnServers servers) throws Exception {
    return new ObjectMapper().readTree(servers.run("status", "--json").text());
  }
}
