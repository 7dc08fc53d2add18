package dev.freshet.flow.capture;

import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.source.BinlogEnd;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of a test's own in the real MySQL, and a connection that may do everything. */
final class SourceDatabase implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final MySqlServer server;
  private final String name = "capture_" + COUNT.incrementAndGet();
  private final Connection connection;

  SourceDatabase() throws SQLException {
    this(LocalServers.mysql());
  }

  SourceDatabase(MySqlServer server) throws SQLException {
    this.server = server;
    server.createDatabase(name);
    connection = server.connect(MySqlAccount.ROOT, name);
  }

  String name() {
    return name;
  }

  SourceOptions options() {
    return options(server.port());
  }

  /** Of the same, reached over another port. */
  SourceOptions options(int port) {
    return SourceOptions.of(
        server.host(),
        port,
        MySqlAccount.JOB.user(),
        server.password(MySqlAccount.JOB),
        name,
        0,
        50_000);
  }

  void createInbox() throws SQLException {
    execute(
        "CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(255), image_url VARCHAR(512))");
    execute(
        "CREATE TABLE conversations (id BIGINT PRIMARY KEY, site_id BIGINT NOT NULL,"
            + " last_message_at DATETIME(6) NOT NULL, archived TINYINT(1) NOT NULL DEFAULT 0)");
    execute(
        "CREATE TABLE participants (conversation_id BIGINT, user_id BIGINT, counterpart_id BIGINT,"
            + " last_read_at DATETIME(6) NOT NULL, PRIMARY KEY (conversation_id, user_id))");
    execute("CREATE TABLE messages (id BIGINT AUTO_INCREMENT PRIMARY KEY, body TEXT)");
  }

  /** Rows 1 to {@code count} of each table of the inbox, two participants a conversation. */
  void fillInbox(int count) throws SQLException {
    execute("SET SESSION cte_max_recursion_depth = 1000000");
    String numbers =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + count
            + ") SELECT ";
    execute("INSERT INTO users " + numbers + "i, CONCAT('user ', i), NULL FROM n");
    execute("INSERT INTO conversations " + numbers + "i, i % 7, '2026-01-01', 0 FROM n");
    execute(
        "INSERT INTO participants "
            + numbers
            + "i, 1 + i % 50, 1 + (i * 7) % 50, '2026-01-01' FROM n");
    execute(
        "INSERT INTO participants "
            + numbers
            + "i, 51 + i % 50, IF(i % 3 = 0, NULL, i), '2026-01-01' FROM n");
  }

  int port() {
    return server.port();
  }

  Connection connection() {
    return connection;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Where the binlog ends. */
  long position() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return BinlogEnd.ask(statement).version();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
