package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Explains whatever tables MySQL has. */
class ExplanationIT {
  private static Connection mysql;

  @BeforeAll
  static void connect() throws Exception {
    MySqlServer server = LocalServers.mysql();
    server.createDatabase("explained");
    mysql =
        DriverManager.getConnection(
            MysqlSession.url(server.host(), server.port(), "explained"),
            MysqlSession.properties(MySqlAccount.ROOT.user(), server.password(MySqlAccount.ROOT)));
  }

  @AfterAll
  static void close() throws Exception {
    mysql.close();
  }

  private static void execute(String... statements) throws SQLException {
    try (Statement statement = mysql.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static List<String> explain(String key, String table) throws SQLException {
    String text =
        "CREATE MATERIALIZED TABLE explained_rows (PRIMARY KEY (%s, id) NOT ENFORCED)"
                .formatted(key)
            + " PARTITIONED BY (%s) FRESHNESS = INTERVAL '5' SECOND".formatted(key)
            + " AS SELECT t.%s, t.id FROM `%s` t".formatted(key, table);
    ViewPlan plan =
        Planner.plan(
            text, CatalogueReader.read(mysql, "explained", List.of(Declaration.parse(text))));
    return Explanation.of(mysql, plan);
  }

  @Test
  void anIndexOverAnExpressionIsNoIndexOfTheKey() throws Exception {
    execute(
        "CREATE TABLE functional (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, tags JSON,"
            + " KEY early ((grp * 2)), KEY many ((CAST(tags->'$[*]' AS UNSIGNED ARRAY)), grp),"
            + " KEY hidden (grp) INVISIBLE)",
        "INSERT INTO functional VALUES (1, 1, '[1]'), (2, 1, NULL), (3, 2, NULL)");

    // The number of rows is InnoDB's estimate.
    assertThat(explain("grp", "functional"))
        .anyMatch(line -> line.contains("MySQL reads t completely: no index is used, about "))
        .contains(
            "  run this         CREATE INDEX `freshet_explained_rows` ON `explained`.`functional`"
                + " (`grp`);");

    execute("ALTER TABLE functional ALTER INDEX hidden VISIBLE");
    assertThat(explain("grp", "functional")).noneMatch(line -> line.contains("run this"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "YEAR",
        "DATE",
        "DATETIME(3)",
        "TIMESTAMP",
        "DECIMAL(2,2)",
        "BIGINT UNSIGNED",
        "BINARY(2)",
        "VARCHAR(2) COLLATE utf8mb4_0900_bin"
      })
  void aTableWithoutRowsIsExplainedToo(String type) throws Exception {
    execute(
        "DROP TABLE IF EXISTS no_rows",
        "CREATE TABLE no_rows (k " + type + " NOT NULL, id INT NOT NULL, PRIMARY KEY (k, id))");
    assertThat(explain("k", "no_rows"))
        .anyMatch(line -> line.contains("fallback"))
        .noneMatch(line -> line.contains("null"));
  }

  @Test
  void aKeyThatOnlyOneRowHasIsExplainedWithoutTheRow() throws Exception {
    execute("CREATE TABLE single (id INT NOT NULL PRIMARY KEY)");
    String text =
        "CREATE MATERIALIZED TABLE singles (PRIMARY KEY (id) NOT ENFORCED) PARTITIONED BY (id)"
            + " FRESHNESS = INTERVAL '5' SECOND AS SELECT s.id FROM single s";
    ViewPlan plan =
        Planner.plan(
            text, CatalogueReader.read(mysql, "explained", List.of(Declaration.parse(text))));
    assertThat(Explanation.of(mysql, plan))
        .contains(
            "  fallback         MySQL has no row for the key that was tried; run this again when"
                + " there are rows");
  }

  @Test
  void aForeignKeyThatIsFollowedTwiceIsPrintedOnce() throws Exception {
    execute(
        "CREATE TABLE owners (id INT NOT NULL PRIMARY KEY)",
        "CREATE TABLE pets (id INT NOT NULL PRIMARY KEY, owner INT NOT NULL, CONSTRAINT of_owner"
            + " FOREIGN KEY (owner) REFERENCES owners (id) ON DELETE CASCADE)",
        "CREATE TABLE visits (id INT NOT NULL PRIMARY KEY, pet INT NOT NULL, CONSTRAINT of_pet"
            + " FOREIGN KEY (pet) REFERENCES pets (id) ON DELETE CASCADE)");
    String text =
        "CREATE MATERIALIZED TABLE visits_of (PRIMARY KEY (pet, id) NOT ENFORCED)"
            + " PARTITIONED BY (pet) FRESHNESS = INTERVAL '5' SECOND"
            + " AS SELECT v.pet, v.id, p.owner FROM visits v JOIN pets p ON p.id = v.pet";
    ViewPlan plan =
        Planner.plan(
            text, CatalogueReader.read(mysql, "explained", List.of(Declaration.parse(text))));
    List<String> lines = Explanation.of(mysql, plan);
    assertThat(lines).filteredOn(line -> line.contains("of_owner: ")).hasSize(1);
    assertThat(lines).filteredOn(line -> line.contains("of_pet: ")).hasSize(1);
  }

  @Test
  void theBoundsOfAReadAreNoPartOfTheFilter() throws Exception {
    execute(
        "CREATE TABLE bounded (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, sent INT NOT NULL)");
    assertThat(explainBounded("sent >= ? AND sent < ? AND id > 3"))
        .contains(
            "  bounded by       from= including sent, to= excluding sent",
            "  filter           id > 3");
    assertThat(explainBounded("id > 3 AND sent >= ?")).contains("  filter           id > 3");
    assertThat(explainBounded("sent >= ?")).contains("  filter           none: every row");
  }

  private static List<String> explainBounded(String where) throws SQLException {
    String text =
        "CREATE MATERIALIZED TABLE bounded_rows (PRIMARY KEY (grp, id) NOT ENFORCED)"
            + " PARTITIONED BY (grp) FRESHNESS = INTERVAL '5' SECOND"
            + " AS SELECT grp, id, sent FROM bounded WHERE %s ORDER BY sent".formatted(where);
    ViewPlan plan =
        Planner.plan(
            text, CatalogueReader.read(mysql, "explained", List.of(Declaration.parse(text))));
    return Explanation.of(mysql, plan);
  }

  @Test
  void aDateInNoCalendarIsNoObstacle() throws Exception {
    execute(
        "SET SESSION sql_mode = ''",
        "CREATE TABLE zero_dates (id INT NOT NULL PRIMARY KEY, k DATE NOT NULL, KEY (k))",
        "INSERT INTO zero_dates VALUES (1, '0000-00-00')",
        "SET SESSION sql_mode = '" + MysqlSession.SQL_MODE + "'");
    assertThat(explain("k", "zero_dates")).anyMatch(line -> line.contains("by index k"));
  }

  @Test
  void namesWithBackticksAreQuoted() throws Exception {
    execute(
        "CREATE TABLE `tick``ed` (id INT NOT NULL PRIMARY KEY, `k` INT NOT NULL)",
        "INSERT INTO `tick``ed` VALUES (1, 1), (2, 2)");
    assertThat(explain("k", "tick``ed"))
        .anyMatch(line -> line.contains("ON `explained`.`tick``ed` (`k`)"));
  }
}
