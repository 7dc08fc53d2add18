package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.Catalogue;
import dev.freshet.view.Source;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.source.SourceCheck;
import dev.freshet.view.sql.PlanCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers tell tables apart by the case of letters, or do not: {@code lower_case_table_names}. */
class TableNamesIT {
  private static final String TABLES =
      """
      CREATE TABLE Item (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, a INT NOT NULL);
      CREATE TABLE `order` (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, lower_only INT);
      CREATE TABLE parts (id INT NOT NULL PRIMARY KEY, item INT NOT NULL)
      """;

  private static Source exact;
  private static Source folded;

  @BeforeAll
  static void createTables() throws Exception {
    exact = Source.create("Table_Names");
    exact.execute(TABLES);
    exact.execute(
        """
        CREATE TABLE ITEM (a INT NOT NULL, grp INT NOT NULL, id INT NOT NULL PRIMARY KEY);
        CREATE TABLE `Order` (grp INT NOT NULL, id INT NOT NULL PRIMARY KEY, upper_only INT);
        CREATE DATABASE table_names;
        CREATE TABLE table_names.Item (id BIGINT NOT NULL PRIMARY KEY, grp BIGINT NOT NULL);
        CREATE DATABASE `a.b`;
        CREATE TABLE `a.b`.c (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL);
        CREATE DATABASE a;
        CREATE TABLE a.`b.c` (id BIGINT NOT NULL PRIMARY KEY, grp INT NOT NULL)
        """);
    MySqlServer server =
        LocalServers.newMySql(config -> config.with("lower_case_table_names", "1"));
    folded = Source.create(server, "Table_Names");
    folded.execute(TABLES);
  }

  @AfterAll
  static void close() throws Exception {
    exact.close();
    folded.close();
  }

  private static String view(String name, String query) {
    return "CREATE MATERIALIZED TABLE "
        + name
        + " (PRIMARY KEY (grp, id) NOT ENFORCED) PARTITIONED BY (grp)"
        + " FRESHNESS = INTERVAL '5' SECOND AS\n"
        + query;
  }

  private static String rows(String table) {
    return view("rows_of", "SELECT t.grp, t.id FROM " + table + " t");
  }

  private static List<Table> tables(Source source, String... views) throws SQLException {
    Catalogue catalogue = read(source.connection(), views);
    return List.of(views).stream()
        .flatMap(view -> Planner.plan(view, catalogue).nodes().stream())
        .map(node -> node.table())
        .toList();
  }

  private static Catalogue read(Connection connection, String... views) throws SQLException {
    return CatalogueReader.read(
        connection,
        "Table_Names",
        List.of(views).stream().map(text -> Declaration.parse(text)).toList());
  }

  private static List<String> names(Source source, String... views) throws SQLException {
    return tables(source, views).stream().map(Table::qualifiedName).toList();
  }

  @Test
  void aViewMeansTheTableWithExactlyItsSpelling() throws Exception {
    assertThat(names(exact, rows("Item"))).containsExactly("Table_Names.Item");
    assertThat(names(exact, rows("`Order`"))).containsExactly("Table_Names.Order");
    assertThat(
            tables(exact, view("v", "SELECT o.grp, o.id, o.upper_only FROM `Order` o"))
                .get(0)
                .columns())
        .extracting(column -> column.name())
        .containsExactly("grp", "id", "upper_only");
    assertThat(tables(exact, rows("`order`")).get(0).primaryKey()).containsExactly(0);
  }

  @Test
  void viewsOverTablesThatDifferInCaseHaveDifferentTables() throws Exception {
    assertThat(names(exact, rows("ITEM"), rows("Item")))
        .containsExactly("Table_Names.ITEM", "Table_Names.Item");
    String both = view("v", "SELECT i.grp, i.id, o.a FROM Item i JOIN ITEM o ON o.id = i.a");
    assertThat(names(exact, both)).containsExactly("Table_Names.Item", "Table_Names.ITEM");
    ViewPlan plan = exact.plan(both);
    assertThat(PlanCheck.problems(exact.connection(), plan)).isEmpty();
    try (Connection job = exact.connect(MySqlAccount.JOB)) {
      assertThat(SourceCheck.problems(job, tables(exact, both))).isEmpty();
    }
  }

  @Test
  void databasesThatDifferInCaseAreDistinguished() throws Exception {
    List<Table> tables = tables(exact, rows("Item"), rows("table_names.Item"));
    assertThat(tables)
        .extracting(Table::qualifiedName)
        .containsExactly("Table_Names.Item", "table_names.Item");
    assertThat(tables.get(1).columns().get(0).mysqlType()).isEqualTo("bigint");
  }

  @Test
  void namesWithDotsAreDistinguished() throws Exception {
    List<Table> tables = tables(exact, rows("`a.b`.c"), rows("a.`b.c`"));
    assertThat(tables).extracting(Table::database).containsExactly("a.b", "a");
    assertThat(tables)
        .extracting(table -> table.columns().get(0).mysqlType())
        .containsExactly("int", "bigint");
  }

  @Test
  void anotherCaseIsRefusedIfCaseMatters() {
    assertThatThrownBy(() -> names(exact, rows("PARTS")))
        .isInstanceOf(ViewException.class)
        .hasMessage(
            "View rows_of: the table 'PARTS' is not in the database 'Table_Names' (line 2);"
                + " did you mean 'parts'?");
    assertThatThrownBy(() -> names(exact, rows("TABLE_NAMES.Item")))
        .isInstanceOf(ViewException.class)
        .hasMessageMatching(
            "View rows_of: the database 'TABLE_NAMES' of the table 'Item' does not exist \\(line 2\\);"
                + " did you mean '(Table_Names|table_names)'\\?");
  }

  @Test
  void anyCaseIsAcceptedIfCaseDoesNotMatter() throws Exception {
    assertThat(names(folded, rows("ITEM"), rows("TABLE_NAMES.Item"), rows("`ORDER`")))
        .containsExactly("table_names.item", "table_names.item", "table_names.order");
    String view = view("v", "SELECT i.grp, i.id, p.item FROM iTem i JOIN Parts p ON p.id = i.a");
    Catalogue catalogue = read(folded.connection(), view, rows("ITEM"));
    assertThat(catalogue.database()).isEqualTo("table_names");
    assertThat(catalogue.tables())
        .extracting(Table::qualifiedName)
        .containsExactly("table_names.item", "table_names.parts");
    // Readers make the plan again from what the job wrote down.
    Catalogue kept = CatalogueJson.read(CatalogueJson.write(catalogue));
    ViewPlan plan = Planner.plan(view, kept);
    assertThat(plan.root().table().qualifiedName()).isEqualTo("table_names.item");
    assertThat(PlanCheck.problems(folded.connection(), plan)).isEmpty();
    try (Connection job = folded.connect(MySqlAccount.JOB)) {
      assertThat(SourceCheck.problems(job, tables(folded, view))).isEmpty();
    }
  }

  @Test
  void aMissingTableIsRefusedOnBothServers() {
    assertThatThrownBy(() -> names(folded, rows("itme")))
        .hasMessageEndingWith("did you mean 'item'?");
    assertThatThrownBy(() -> names(exact, rows("itme"))).hasMessageContaining("did you mean '");
  }
}
