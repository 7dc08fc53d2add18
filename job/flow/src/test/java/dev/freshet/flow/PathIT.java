package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.write.StoreOptions;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.PostgresServer;
import dev.freshet.view.TestSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the complete job with a real MySQL, Kafka and Postgres, and Flink in the process of the
 * test.
 */
class PathIT {
  private static final String QUERY =
      "SELECT p.user_id, c.site_id, p.conversation_id, c.last_message_at, u.name, u.image_url"
          + " FROM participants p JOIN conversations c ON c.id = p.conversation_id"
          + " LEFT JOIN users u ON u.id = p.counterpart_id"
          + " WHERE c.archived = 0 AND c.last_message_at > p.last_read_at"
          + " ORDER BY 1, 2, 3";
  private static final int CONVERSATIONS = 400;
  private static final int USERS = 60;

  private static MiniFlink flink;
  private static MySqlServer mysql;
  private static PostgresServer postgres;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    mysql = LocalServers.mysql();
    postgres = LocalServers.postgres();
    flink = new MiniFlink(4);
  }

  @AfterAll
  static void stop() {
    flink.close();
  }

  @Test
  void followsTheSourceThroughSnapshotSavepointsAndRescaling() throws Exception {
    long seed = TestSize.seed();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String database = "path";
    try (Connection root = mysql.connect(MySqlAccount.ROOT);
        Statement statement = root.createStatement()) {
      mysql.createDatabase(database);
      statement.execute("USE path");
      for (String table :
          Files.readString(repository().resolve("sql/source/inbox.sql")).split(";", -1)) {
        if (!table.isBlank()) {
          statement.execute(table);
        }
      }
      fill(statement, random);
      JobClient job = start(options(database, 1), null);
      awaitEqual(statement);
      String savepoint = null;
      for (int parallelism : new int[] {2, 3, 1}) {
        traffic(statement, random, 300);
        awaitEqual(statement);
        traffic(statement, random, 100);
        savepoint =
            job.stopWithSavepoint(false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                .get(60, TimeUnit.SECONDS);
        traffic(statement, random, 100);
        job = start(options(database, parallelism), savepoint);
      }
      awaitEqual(statement);
      job.cancel().get(30, TimeUnit.SECONDS);
    }
  }

  private JobClient start(JobOptions options, String savepoint) throws Exception {
    Configuration configuration = new Configuration();
    if (savepoint != null) {
      configuration.setString("execution.savepoint.path", savepoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    FreshetJob.build(options, env);
    return env.executeAsync("path");
  }

  private JobOptions options(String database, int parallelism) throws Exception {
    Path views = Files.createDirectories(folder.resolve("views"));
    Files.copy(
        repository().resolve("sql/views/unread_conversations.sql"),
        views.resolve("unread_conversations.sql"),
        StandardCopyOption.REPLACE_EXISTING);
    return new JobOptions(
        "freshet",
        views,
        parallelism,
        128,
        500,
        SourceOptions.of(
            mysql.host(),
            mysql.port(),
            MySqlAccount.JOB.user(),
            mysql.password(MySqlAccount.JOB),
            database,
            0,
            50_000),
        new StoreOptions(
            postgres.host(),
            postgres.port(),
            "freshet",
            postgres.user(),
            postgres.password(),
            "path"),
        Optional.of(new KafkaOptions(LocalServers.kafka().bootstrap(), "path", Map.of())),
        JobUnderTest.HANDLING);
  }

  private static void fill(Statement statement, Random random) throws SQLException {
    for (int user = 0; user < USERS; user++) {
      statement.addBatch(
          "INSERT INTO users VALUES ("
              + user
              + ", 'user "
              + user
              + "', 'http://image/"
              + user
              + "')");
    }
    for (int id = 0; id < CONVERSATIONS; id++) {
      statement.addBatch(
          String.format(
              "INSERT INTO conversations VALUES (%d, %d, '2026-01-01 00:00:%02d.%06d', %d)",
              id,
              random.nextInt(3),
              random.nextInt(60),
              random.nextInt(1_000_000),
              random.nextInt(4) == 0 ? 1 : 0));
      int first = random.nextInt(USERS);
      int second = (first + 1 + random.nextInt(USERS - 1)) % USERS;
      statement.addBatch(participant(id, first, second, random));
      statement.addBatch(
          participant(id, second, random.nextInt(9) == 0 ? USERS + 5 : first, random));
    }
    statement.executeBatch();
  }

  private static String participant(int conversation, int user, int counterpart, Random random) {
    return String.format(
        "INSERT INTO participants VALUES (%d, %d, %d, '2026-01-01 00:00:%02d.000000')",
        conversation, user, counterpart, random.nextInt(60));
  }

  /** Writes transactions of several changes; some change foreign keys, some delete rows. */
  private static void traffic(Statement statement, Random random, int transactions)
      throws SQLException {
    statement.getConnection().setAutoCommit(false);
    for (int i = 0; i < transactions; i++) {
      for (int change = random.nextInt(4); change >= 0; change--) {
        statement.executeUpdate(change(random));
      }
      if (random.nextInt(10) == 0) {
        statement.getConnection().rollback();
      } else {
        statement.getConnection().commit();
      }
    }
    statement.getConnection().setAutoCommit(true);
  }

  private static String change(Random random) {
    int conversation = random.nextInt(CONVERSATIONS);
    int user = random.nextInt(USERS);
    return switch (random.nextInt(9)) {
      case 0 -> "UPDATE users SET name = 'name " + random.nextInt(1000) + "' WHERE id = " + user;
      case 1 -> "UPDATE conversations SET archived = 1 - archived WHERE id = " + conversation;
      case 2 ->
          "UPDATE conversations SET site_id = " + random.nextInt(3) + " WHERE id = " + conversation;
      case 3 ->
          "UPDATE participants SET counterpart_id = "
              + user
              + " WHERE conversation_id = "
              + conversation;
      case 4 ->
          "UPDATE participants SET last_read_at = '2026-01-01 00:00:"
              + (10 + random.nextInt(50))
              + "' WHERE conversation_id = "
              + conversation;
      case 5 -> "DELETE FROM users WHERE id = " + user;
      case 6 ->
          "INSERT INTO users VALUES (" + user + ", NULL, 'x') ON DUPLICATE KEY UPDATE name = NULL";
      case 7 -> "DELETE FROM participants WHERE conversation_id = " + conversation + " LIMIT 1";
      default ->
          "INSERT INTO participants VALUES ("
              + conversation
              + ", "
              + user
              + ", "
              + random.nextInt(USERS)
              + ", '2026-01-01 00:00:30') ON DUPLICATE KEY UPDATE last_read_at ="
              + " '2026-01-01 00:00:05'";
    };
  }

  /** Waits until the projection equals MySQL's answer; nothing may write to MySQL meanwhile. */
  private static void awaitEqual(Statement source) throws SQLException {
    List<String> expected = rows(source, QUERY);
    assertThat(expected).hasSizeGreaterThan(20);
    Instant deadline = Instant.now().plus(Duration.ofSeconds(45));
    List<String> actual = List.of();
    try (Connection store = postgres.connect();
        Statement statement = store.createStatement()) {
      while (Instant.now().isBefore(deadline)) {
        actual = rows(statement, "SELECT * FROM path.unread_conversations ORDER BY 1, 2, 3");
        if (actual.equals(expected)) {
          return;
        }
      }
    }
    assertThat(actual).isEqualTo(expected);
  }

  private static List<String> rows(Statement statement, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(
              result
                          .getMetaData()
                          .getColumnTypeName(i)
                          .toLowerCase(java.util.Locale.ROOT)
                          .startsWith("timestamp")
                      || result.getMetaData().getColumnTypeName(i).equals("DATETIME")
                  ? result.getObject(i, java.time.LocalDateTime.class)
                  : result.getObject(i));
          row.append('|');
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static Path repository() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve(".mvn"))) {
      at = at.getParent();
    }
    return at;
  }
}
