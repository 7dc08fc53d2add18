package dev.freshet.cli.explain;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.ExampleValue;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds out how MySQL executes the query for one key, as in a fallback. */
final class FallbackPlan {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Connection mysql;
  private final ViewPlan plan;

  /**
   * MySQL's access to one table.
   *
   * @param index the index that MySQL uses; empty if it reads all rows
   * @param rows MySQL's estimate of the rows that it reads
   */
  record Access(String alias, Optional<String> index, long rows) {}

  FallbackPlan(Connection mysql, ViewPlan plan) {
    this.mysql = mysql;
    this.plan = plan;
  }

  /**
   * Returns MySQL's plan for a page of a key that has entries, or of any key if none has. Empty if
   * MySQL knows without reading that no row matches.
   */
  List<Access> accesses() throws SQLException {
    Object[] key = someKey();
    List<Column> columns = plan.keyColumnList();
    List<Access> accesses = new ArrayList<>();
    try (PreparedStatement statement =
        mysql.prepareStatement(
            "EXPLAIN FORMAT=TRADITIONAL " + new MysqlQueries(plan, LIMIT).firstPage())) {
      for (int i = 0; i < key.length; i++) {
        JdbcValues.MYSQL.bind(statement, i + 1, columns.get(i).type(), key[i]);
      }
      statement.setInt(key.length + 1, 50);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String table = rows.getString("table");
          String type = String.valueOf(rows.getString("type"));
          boolean scans = type.equals("ALL") || type.equals("index");
          if (table != null) {
            accesses.add(
                new Access(
                    table,
                    scans ? Optional.empty() : Optional.ofNullable(rows.getString("key")),
                    rows.getLong("rows")));
          }
        }
      }
    }
    return accesses;
  }

  /**
   * Returns a CREATE INDEX statement for a table that MySQL reads completely: for a column of the
   * key, or of the join that leads to the key. Empty if the table has such an index; MySQL may
   * still read small tables completely.
   */
  Optional<String> missingIndex(String alias) throws SQLException {
    // A server with case-insensitive table names also prints aliases in another case.
    Optional<PlanNode> node =
        plan.nodes().stream()
            .filter(PlanNode::isShown)
            .filter(each -> each.alias().equals(alias))
            .findFirst()
            .or(
                () ->
                    plan.nodes().stream()
                        .filter(PlanNode::isShown)
                        .filter(each -> each.alias().equalsIgnoreCase(alias))
                        .findFirst());
    if (node.isEmpty()) {
      return Optional.empty();
    }
    List<String> columns = entrance(node.get());
    Table table = node.get().table();
    if (columns.isEmpty() || isIndexed(table, columns)) {
      return Optional.empty();
    }
    return Optional.of(
        "CREATE INDEX %s ON %s.%s (%s)"
            .formatted(
                Names.MYSQL.quoted("freshet_" + plan.view()),
                Names.MYSQL.quoted(table.database()),
                Names.MYSQL.quoted(table.name()),
                columns.stream().map(Names.MYSQL::quoted).collect(Collectors.joining(", "))));
  }

  /** Returns the columns by which the rows of a key can be found in a node's table. */
  private List<String> entrance(PlanNode node) {
    int parent = plan.nodes().indexOf(node);
    List<String> own = keyColumns(parent);
    if (!own.isEmpty()) {
      return own;
    }
    for (int i = 1; i < plan.nodes().size(); i++) {
      PlanNode child = plan.nodes().get(i);
      if (child.parent() == parent && leadsToKey(i)) {
        return child.foreignKey().stream()
            .map(column -> node.table().columns().get(column).name())
            .toList();
      }
    }
    return List.of();
  }

  private boolean leadsToKey(int node) {
    if (!keyColumns(node).isEmpty()) {
      return true;
    }
    for (int i = node + 1; i < plan.nodes().size(); i++) {
      if (plan.nodes().get(i).parent() == node && leadsToKey(i)) {
        return true;
      }
    }
    return false;
  }

  private List<String> keyColumns(int node) {
    List<String> names = new ArrayList<>();
    for (int output : plan.key()) {
      if (plan.outputs().get(output).value() instanceof Expr.ColumnRef ref && ref.node() == node) {
        names.add(plan.nodes().get(node).table().columns().get(ref.column()).name());
      }
    }
    return names;
  }

  /** Whether a visible B-tree index begins with one of the columns. */
  private boolean isIndexed(Table table, List<String> columns) throws SQLException {
    String sql =
        "SELECT column_name FROM information_schema.statistics"
            + " WHERE table_schema = ? AND table_name = ? AND seq_in_index = 1"
            + " AND column_name IS NOT NULL AND is_visible = 'YES' AND index_type = 'BTREE'";
    try (PreparedStatement statement = mysql.prepareStatement(sql)) {
      statement.setString(1, table.database());
      statement.setString(2, table.name());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String first = rows.getString(1);
          if (columns.stream().anyMatch(first::equalsIgnoreCase)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Returns a key that has entries; if none can be read, an arbitrary valid key. */
  private Object[] someKey() throws SQLException {
    List<Column> columns = plan.keyColumnList();
    String names =
        columns.stream()
            .map(c -> "v." + Names.MYSQL.quoted(c.name()))
            .collect(Collectors.joining(", "));
    String sql =
        "SELECT /*+ MAX_EXECUTION_TIME(%d) */ %s FROM (\n%s\n) v LIMIT 1"
            .formatted(LIMIT.toMillis(), names, plan.query());
    try (PreparedStatement statement = mysql.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      if (row.next()) {
        Object[] key = new Object[columns.size()];
        for (int i = 0; i < key.length; i++) {
          key[i] = JdbcValues.MYSQL.read(row, i + 1, columns.get(i));
        }
        return key;
      }
    } catch (SQLDataException e) {
      // An invalid date; any other key has the same plan.
    }
    return columns.stream().map(ExampleValue::of).toArray();
  }
}
