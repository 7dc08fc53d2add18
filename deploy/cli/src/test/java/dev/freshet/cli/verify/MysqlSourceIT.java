package dev.freshet.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.Config;
import dev.freshet.config.Extra;
import dev.freshet.config.Secret;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MysqlSourceIT {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE sums (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)
      FRESHNESS = INTERVAL '5' SECOND
      AS SELECT s.k, s.id, s.a + 1 AS above, s.day FROM summands s
      """;

  @Test
  void aKeyWithoutAnAnswerDoesNotStopTheOthers() throws Exception {
    MySqlServer server = LocalServers.mysql();
    server.createDatabase("unanswered");
    try (Connection mysql =
            DriverManager.getConnection(
                MysqlSession.url(server.host(), server.port(), "unanswered"),
                MysqlSession.properties(
                    MySqlAccount.ROOT.user(), server.password(MySqlAccount.ROOT)));
        Statement statement = mysql.createStatement()) {
      statement.execute(
          "CREATE TABLE summands (id INT PRIMARY KEY, k INT NOT NULL, a BIGINT NOT NULL, day DATE)");
      statement.execute("SET sql_mode = ''");
      statement.execute(
          "INSERT INTO summands VALUES (1, 1, 1, NULL), (2, 2, 9223372036854775807, NULL),"
              + " (3, 3, 3, '0000-00-00')");
      statement.execute("SET sql_mode = '" + MysqlSession.SQL_MODE + "'");
      ViewPlan plan =
          Planner.plan(
              VIEW, CatalogueReader.read(mysql, "unanswered", List.of(Declaration.parse(VIEW))));
      Config.Account account =
          new Config.Account(
              MySqlAccount.ROOT.user(), new Secret(server.password(MySqlAccount.ROOT)));
      MysqlSource source =
          new MysqlSource(
              new Config.Source(
                  server.host(), server.port(), account, "unanswered", new Extra(Map.of())),
              mysql,
              new ActiveView(plan, "unanswered", 1, "unanswered", 128));

      Source.Snapshot snapshot =
          source.read(List.of(Key.of(1L), Key.of(2L), Key.of(3L)), Set.of()).orElseThrow();

      assertThat(snapshot.answers()).containsOnlyKeys(Key.of(1L));
      assertThat(snapshot.unreadable()).containsOnlyKeys(Key.of(2L), Key.of(3L));
      assertThat(snapshot.unreadable().get(Key.of(2L))).contains("BIGINT value is out of range");
      assertThat(snapshot.unreadable().get(Key.of(3L))).contains("day (date)");
    }
  }
}
