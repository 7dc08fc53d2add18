package dev.freshet.reader.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.Column;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Tests estimates against a real MySQL, whose statistics of small tables are nearly exact. */
class TableSizesIT {
  @Test
  void addsTheRowsOfTablesOfSeveralDatabases() throws Exception {
    MySqlServer server = LocalServers.mysql();
    server.createDatabase("sizes");
    server.createDatabase("sizes2");
    try (HikariDataSource mysql = new HikariDataSource()) {
      mysql.setJdbcUrl(MysqlSession.url(server.host(), server.port(), "sizes"));
      mysql.setUsername(MySqlAccount.ROOT.user());
      mysql.setPassword(server.password(MySqlAccount.ROOT));
      TableSizes sizes = new TableSizes(mysql);
      execute(
          mysql,
          "CREATE TABLE users (id BIGINT PRIMARY KEY)",
          "CREATE TABLE sizes2.notes (id BIGINT PRIMARY KEY)",
          "INSERT INTO users VALUES (1), (2), (3)",
          "INSERT INTO sizes2.notes VALUES (1), (2)",
          "ANALYZE TABLE users, sizes2.notes");

      assertThat(sizes.rows(List.of(table("sizes", "users"), table("sizes2", "notes"))))
          .isEqualTo(OptionalLong.of(5));
      execute(mysql, "INSERT INTO users VALUES (4), (5)", "ANALYZE TABLE users");
      assertThat(sizes.rows(List.of(table("sizes", "users"))))
          .as("not a cached figure")
          .isEqualTo(OptionalLong.of(5));
      assertThat(sizes.rows(List.of(table("sizes", "it's not there")))).isEmpty();
      assertThat(sizes.rows(List.of())).isEmpty();
      mysql.close();
      assertThat(sizes.rows(List.of(table("sizes", "users")))).isEmpty();
    }
  }

  private static Table table(String database, String name) {
    Column id = new Column("id", ValueType.INTEGER, false, "bigint", "");
    return new Table(database, name, List.of(id), List.of(0));
  }

  private static void execute(HikariDataSource mysql, String... statements) throws Exception {
    try (Connection connection = mysql.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
