package dev.freshet.view.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.view.Version;
import dev.freshet.view.gtid.GtidSet;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class BinlogEndIT {
  @Test
  void theEndMovesWithEachTransaction() throws SQLException {
    LocalServers.mysql().createDatabase("binlog_end");
    try (Connection connection =
            LocalServers.mysql().connect(MySqlAccount.APPLICATION, "binlog_end");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      BinlogEnd before = BinlogEnd.ask(statement);
      statement.execute("INSERT INTO t VALUES (1)");
      BinlogEnd after = BinlogEnd.ask(statement);
      assertThat(after.version()).isGreaterThan(before.version());
      assertThat(after.version(3)).isEqualTo(Version.parse("3/" + after));
      GtidSet executed = GtidSet.parse(after.gtids());
      assertThat(executed.contains(GtidSet.parse(before.gtids()))).isTrue();
      assertThat(GtidSet.parse(before.gtids()).contains(executed)).isFalse();
    }
  }

  @Test
  void anAccountWithoutTheRightGetsAnError() throws SQLException {
    try (Connection connection = LocalServers.mysql().connect(MySqlAccount.READER);
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> BinlogEnd.ask(statement)).hasMessageContaining("REPLICATION CLIENT");
    }
  }
}
