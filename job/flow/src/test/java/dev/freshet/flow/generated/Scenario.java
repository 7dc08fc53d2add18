package dev.freshet.flow.generated;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.store.EntriesTable;
import dev.freshet.view.Catalogue;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.Names;
import dev.freshet.view.sql.PlanCheck;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DataTruncation;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** All that follows from one seed: tables, views, rows and transactions. */
final class Scenario {
  private static final int VIEWS = 3;
  private static final int ATTEMPTS = 300;
  private static final int ROWS = 40;

  private final long seed;
  private final String name;
  private final List<SourceTable> tables;
  private final RandomChanges changes;
  private final Map<String, ViewPlan> views = new LinkedHashMap<>();
  private final Random random;
  private int refused;

  /**
   * A scenario.
   *
   * @param number tells its tables and views from those of others
   */
  Scenario(long seed, int number) {
    this.seed = seed;
    this.random = new Random(seed);
    this.name = "s" + number;
    this.tables = RandomSchema.tables(random, name);
    this.changes = new RandomChanges(random, tables);
  }

  /** Makes the tables with some rows, and views over them that can be taken. */
  void create(Connection mysql, String database) throws SQLException {
    try (Statement statement = mysql.createStatement()) {
      for (SourceTable table : tables) {
        execute(statement, table.create());
      }
      for (String insert : changes.rows(ROWS)) {
        execute(statement, insert);
      }
    }
    List<Declaration> all =
        tables.stream()
            .map(
                table ->
                    Declaration.parse(
                        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (x) NOT ENFORCED) PARTITIONED BY"
                            + " (x) FRESHNESS = INTERVAL '1' SECOND AS SELECT x FROM "
                            + table.name()))
            .toList();
    Catalogue catalogue = CatalogueReader.read(mysql, database, all);
    for (int i = 0; i < ATTEMPTS && views.size() < VIEWS; i++) {
      String text = RandomViews.view(random, tables, name + "_v" + views.size());
      try {
        ViewPlan plan = Planner.plan(text, catalogue);
        List<String> problems = PlanCheck.problems(mysql, plan);
        if (!problems.isEmpty()) {
          throw new AssertionError(
              "seed " + seed + ": " + text + "\n" + problems + "\n" + tables());
        }
        checkGroupBy(mysql, text);
        views.put(text, plan);
      } catch (ViewException e) {
        refused++;
      }
    }
  }

  /** MySQL has the same rows with the GROUP BY that the plan leaves out. */
  private void checkGroupBy(Connection mysql, String text) throws SQLException {
    if (text.contains("\nGROUP BY ")) {
      String query = text.substring(text.indexOf("\nSELECT ")).replaceFirst("\nORDER BY .*", "");
      List<String> grouped;
      List<String> plain;
      try {
        grouped = printed(mysql, query);
        plain = printed(mysql, query.replaceFirst("\nGROUP BY .*", ""));
      } catch (DataTruncation e) {
        return; // A value is an error in MySQL, such as ABS of the least BIGINT.
      }
      if (!grouped.equals(plain)) {
        throw new AssertionError(
            "seed %d: %s%n  %s%n  grouped: %s%n  plain: %s"
                .formatted(seed, text, tables(), grouped, plain));
      }
    }
  }

  /** The rows as texts. MySQL fills decimals with zeros only where it has a temporary table. */
  private static List<String> printed(Connection mysql, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (PreparedStatement statement = mysql.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          String value = result.getString(i);
          boolean decimal = result.getMetaData().getColumnType(i) == Types.DECIMAL;
          row.add(
              decimal && value != null
                  ? new BigDecimal(value).stripTrailingZeros().toPlainString()
                  : value);
        }
        rows.add(row.toString());
      }
    }
    rows.sort(null);
    return rows;
  }

  /** The declarations. */
  Set<String> views() {
    return views.keySet();
  }

  /** How many views were refused before. */
  int refused() {
    return refused;
  }

  /** Runs one transaction; one in eight is rolled back. */
  void change(Connection mysql) throws SQLException {
    mysql.setAutoCommit(false);
    try (Statement statement = mysql.createStatement()) {
      for (String change : changes.transaction()) {
        execute(statement, change);
      }
      if (random.nextInt(8) == 0) {
        mysql.rollback();
      } else {
        mysql.commit();
      }
    } finally {
      mysql.setAutoCommit(true);
    }
  }

  private void execute(Statement statement, String sql) throws SQLException {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new SQLException("seed " + seed + ": " + sql + ": " + e.getMessage(), e);
    }
  }

  /**
   * Compares the projections with MySQL's answers; nothing may write meanwhile.
   *
   * @param differences gets a text for each view that differs, or for each key of a view of which
   *     MySQL has no answer as a whole
   * @return how many rows the answers have
   */
  int compare(JobUnderTest job, Consumer<String> differences) throws SQLException {
    int rows = 0;
    for (Map.Entry<String, ViewPlan> view : views.entrySet()) {
      Consumer<String> described =
          difference ->
              differences.accept(
                  "seed %d, %s%n  tables: %s%n%s"
                      .formatted(seed, view.getKey(), tables(), difference));
      try {
        rows += compare(view.getValue(), job.source(), job.store(), job.name(), described);
      } catch (DataTruncation e) {
        KeyComparison keys = new KeyComparison(view.getValue(), job.name(), job.keyGroups());
        rows += keys.compare(job.source(), job.store(), described).rows();
      }
    }
    return rows;
  }

  /** Compares one projection with MySQL's answer; returns how many rows the answer has. */
  static int compare(
      ViewPlan plan,
      Connection mysql,
      Connection postgres,
      String schema,
      Consumer<String> differences)
      throws SQLException {
    Map<Key, List<String>> expected =
        answers(JdbcValues.MYSQL, mysql, new MysqlQueries(plan, Duration.ZERO).everything(), plan);
    Map<Key, List<String>> actual =
        answers(
            JdbcValues.POSTGRES,
            postgres,
            "SELECT * FROM "
                + new EntriesTable(plan, schema, 1).table()
                + " ORDER BY "
                + Names.POSTGRES.order(plan, ""),
            plan);
    if (!expected.equals(actual)) {
      List<String> missing = rows(expected);
      rows(actual).forEach(missing::remove);
      List<String> extra = rows(actual);
      rows(expected).forEach(extra::remove);
      differences.accept(
          missing.isEmpty() && extra.isEmpty()
              ? "  in another order: %s%n  expected: %s".formatted(actual, expected)
              : "  missing: %s%n  extra: %s".formatted(missing, extra));
    }
    return rows(expected).size();
  }

  private List<String> tables() {
    return tables.stream().map(SourceTable::create).toList();
  }

  private static List<String> rows(Map<Key, List<String>> answers) {
    return answers.values().stream().flatMap(List::stream).collect(Collectors.toList());
  }

  /** The rows of each key in their order, also what no answer shows. */
  private static Map<Key, List<String>> answers(
      JdbcValues database, Connection connection, String sql, ViewPlan plan) throws SQLException {
    Map<Key, List<String>> all = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        Object[] row = new Object[plan.outputs().size()];
        for (int i = 0; i < row.length; i++) {
          row[i] = database.read(result, i + 1, plan.outputs().get(i).column());
        }
        all.computeIfAbsent(plan.viewKey(row), key -> new ArrayList<>())
            .add(Arrays.deepToString(row));
      }
    }
    return all;
  }
}
