package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class LocalServersIT {
  @Test
  void mysqlIsConfiguredAsASource() throws SQLException {
    try (Connection connection = LocalServers.mysql().connect(MySqlAccount.JOB);
        Statement statement = connection.createStatement()) {
      assertThat(
              one(
                  statement,
                  "SELECT CONCAT_WS(' ', @@gtid_mode, @@log_bin, @@binlog_format,"
                      + " @@binlog_row_image, @@sync_binlog, @@time_zone, @@port)"))
          .isEqualTo("ON 1 ROW FULL 1 +00:00 " + LocalServers.mysql().port());
    }
  }

  @Test
  void theApplicationWritesAndSeesTheBinlog() throws SQLException {
    LocalServers.mysql().createDatabase("written");
    try (Connection connection = LocalServers.mysql().connect(MySqlAccount.APPLICATION, "written");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      statement.execute("INSERT INTO t VALUES (1)");
      assertThat(one(statement, "SHOW BINARY LOGS")).startsWith("binlog.");
    }
    try (Connection connection = LocalServers.mysql().connect(MySqlAccount.READER, "written");
        Statement statement = connection.createStatement()) {
      assertThat(one(statement, "SELECT COUNT(*) FROM t")).isEqualTo("1");
      assertThatThrownBy(() -> statement.execute("DELETE FROM t"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("denied");
    }
  }

  @Test
  void postgresIsDurableAndRequiresThePassword() throws SQLException {
    PostgresServer postgres = LocalServers.postgres();
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      assertThat(one(statement, "SHOW fsync")).isEqualTo("on");
      assertThat(one(statement, "SHOW log_timezone")).isEqualTo("UTC");
      assertThat(one(statement, "SELECT current_user")).isEqualTo(PostgresServer.USER);
    }
    assertThatThrownBy(
            () -> DriverManager.getConnection(postgres.jdbcUrl(), PostgresServer.USER, "wrong"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
  }

  private static String one(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
