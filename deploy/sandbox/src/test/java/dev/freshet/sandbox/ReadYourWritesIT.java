package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Endpoints;
import dev.freshet.view.source.BinlogEnd;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients that write a key and read it at once, with what MySQL told them of their write, see it,
 * and nearly always in the projection.
 */
@Tag(SharedSystem.TAG)
class ReadYourWritesIT {
  private static final int CLIENTS = 8;
  private static final int PAIRS = FULL ? 2_500 : 100;
  private static final double MOST_FROM_MYSQL = 0.05;
  private static final String VIEW = "unread_conversations";
  private static final int SITE = 1;
  private static final int FIRST = 900_000_000;
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

  private final Endpoints endpoints;
  private final ReaderClient reader;
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

  ReadYourWritesIT() throws Exception {
    endpoints = SharedSystem.endpoints();
    reader = new ReaderClient(endpoints);
  }

  /** What a client saw. */
  private record Seen(int violations, int fromMysql, List<Long> micros) {}

  @AfterEach
  void clean() throws SQLException {
    clients.shutdownNow();
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement()) {
      statement.execute("DELETE FROM participants WHERE user_id >= " + FIRST);
      statement.execute("DELETE FROM conversations WHERE id >= " + FIRST);
    }
  }

  @Test
  void writersSeeTheirWritesAtOnce() throws Exception {
    List<Future<Seen>> running = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      int id = FIRST + client;
      boolean byGtid = client % 2 == 0;
      running.add(clients.submit(() -> writeAndRead(id, byGtid)));
    }
    int violations = 0;
    int fromMysql = 0;
    List<Long> micros = new ArrayList<>();
    for (Future<Seen> each : running) {
      violations += each.get().violations();
      fromMysql += each.get().fromMysql();
      micros.addAll(each.get().micros());
    }
    micros.sort(null);
    System.out.printf(
        "%,d writes read at once by %d clients: %d not seen, %.2f%% answered by MySQL;"
            + " read after p50 %.1f ms, p99 %.1f ms%n",
        micros.size(),
        CLIENTS,
        violations,
        100.0 * fromMysql / micros.size(),
        micros.get(micros.size() / 2) / 1e3,
        micros.get(micros.size() * 99 / 100) / 1e3);
    assertThat(violations).isZero();
    assertThat((double) fromMysql / micros.size()).isLessThanOrEqualTo(MOST_FROM_MYSQL);
  }

  @Test
  void aFutureWriteIsAnsweredByMysqlAfterTheWait() throws Exception {
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement();
        ResultSet server = statement.executeQuery("SELECT @@server_uuid")) {
      server.next();
      for (String after :
          List.of("binlog.999999:4", "gtid:" + server.getString(1) + ":999999999")) {
        ReaderClient.Response answer = reader.after(VIEW, "1/1", after, 300);
        assertThat(answer.body().path("source").asText()).as("%s", answer).isEqualTo("mysql");
        assertThat(answer.body().path("reason").asText()).isEqualTo("behind");
        assertThat(answer.took().toMillis()).isGreaterThanOrEqualTo(300);
      }
    }
  }

  private Seen writeAndRead(int id, boolean byGtid) throws Exception {
    int violations = 0;
    int fromMysql = 0;
    List<Long> micros = new ArrayList<>();
    try (Connection source = endpoints.source();
        Statement statement = source.createStatement();
        PreparedStatement update =
            source.prepareStatement("UPDATE conversations SET last_message_at = ? WHERE id = ?")) {
      statement.execute(
          "INSERT INTO conversations VALUES (%d, %d, '2026-01-01', 0)".formatted(id, SITE));
      statement.execute(
          "INSERT INTO participants VALUES (%d, %d, 1, '2020-01-01')".formatted(id, id));
      if (byGtid && id % 4 == 0 && knowsTags(source)) {
        statement.execute("SET gtid_next = 'AUTOMATIC:client_" + id + "'");
      }
      LocalDateTime time = LocalDateTime.of(2026, 2, 1, 0, 0);
      for (int pair = 0; pair < PAIRS; pair++) {
        time = time.plusNanos(1_000_000);
        update.setObject(1, time);
        update.setInt(2, id);
        update.executeUpdate();
        String written = byGtid ? gtids(statement) : place(statement);
        long begun = System.nanoTime();
        ReaderClient.Response response = reader.after(VIEW, id + "/" + SITE, written, 1_000);
        assertThat(response.status()).as("%s, %s", written, response).isEqualTo(200);
        JsonNode answer = response.body();
        micros.add((System.nanoTime() - begun) / 1000);
        fromMysql += answer.path("source").asText().equals("mysql") ? 1 : 0;
        violations +=
            answer
                    .path("items")
                    .path(0)
                    .path("last_message_at")
                    .asText()
                    .equals(time.format(MICROS))
                ? 0
                : 1;
      }
    }
    return new Seen(violations, fromMysql, micros);
  }

  /** MySQL since 8.3. */
  private static boolean knowsTags(Connection source) throws SQLException {
    DatabaseMetaData server = source.getMetaData();
    return server.getDatabaseMajorVersion() * 100 + server.getDatabaseMinorVersion() >= 803;
  }

  /** All that MySQL had executed when it was asked, after the commit. */
  private static String gtids(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT @@GLOBAL.gtid_executed")) {
      row.next();
      return "gtid:" + row.getString(1);
    }
  }

  /** Behind the write, and maybe behind others' too. */
  private static String place(Statement statement) throws SQLException {
    return BinlogEnd.ask(statement).toString();
  }
}
