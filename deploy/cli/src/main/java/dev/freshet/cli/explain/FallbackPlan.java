package dev.freshet.cli.explain;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.MysqlQueries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How MySQL would answer for one key when the projection cannot. */
final class FallbackPlan {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Connection mysql;
  private final ViewPlan plan;

  /**
   * One table as MySQL reads it.
   *
   * @param index none: it reads all rows
   */
  record Access(String alias, Optional<String> index, long rows) {}

  FallbackPlan(Connection mysql, ViewPlan plan) {
    this.mysql = mysql;
    this.plan = plan;
  }

  /** MySQL's own plan of a page of a key that has entries; of any key when none has. */
  List<Access> accesses() throws SQLException {
    Object[] key = someKey();
    List<Access> accesses = new ArrayList<>();
    try (PreparedStatement statement =
        mysql.prepareStatement(
            "EXPLAIN FORMAT=TRADITIONAL " + new MysqlQueries(plan, LIMIT).page(false))) {
      int place = 1;
      for (Object value : key) {
        statement.setObject(place++, value);
      }
      statement.setInt(place, 50);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          String type = String.valueOf(rows.getString("type"));
          boolean scans = type.equals("ALL") || type.equals("index");
          accesses.add(
              new Access(
                  String.valueOf(rows.getString("table")),
                  scans ? Optional.empty() : Optional.ofNullable(rows.getString("key")),
                  rows.getLong("rows")));
        }
      }
    }
    return accesses;
  }

  /**
   * The index that a table lacks which MySQL reads whole: one that begins with a column of the key,
   * or of the join that leads to the key. Empty when it has one; MySQL may read small tables whole
   * all the same.
   */
  Optional<String> missingIndex(String alias) throws SQLException {
    Optional<PlanNode> node =
        plan.nodes().stream().filter(each -> each.alias().equals(alias)).findFirst();
    if (node.isEmpty()) {
      return Optional.empty();
    }
    List<String> columns = entrance(node.get());
    Table table = node.get().table();
    if (columns.isEmpty() || isIndexed(table, columns)) {
      return Optional.empty();
    }
    return Optional.of(
        "CREATE INDEX `freshet_%s` ON `%s`.`%s` (%s)"
            .formatted(
                plan.view(),
                table.database(),
                table.name(),
                columns.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "))));
  }

  /** By which columns a key's rows of a node can be found. */
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
            .map(place -> node.table().columns().get(place).name())
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

  private boolean isIndexed(Table table, List<String> columns) throws SQLException {
    String sql =
        "SELECT column_name FROM information_schema.statistics"
            + " WHERE table_schema = ? AND table_name = ? AND seq_in_index = 1";
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

  private Object[] someKey() throws SQLException {
    List<Column> columns = plan.keyColumnList();
    String names =
        columns.stream().map(c -> "v.`" + c.name() + "`").collect(Collectors.joining(", "));
    Object[] key = new Object[columns.size()];
    String sql =
        "SELECT /*+ MAX_EXECUTION_TIME(%d) */ %s FROM (\n%s\n) v LIMIT 1"
            .formatted(LIMIT.toMillis(), names, plan.query());
    try (PreparedStatement statement = mysql.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      if (row.next()) {
        for (int i = 0; i < key.length; i++) {
          key[i] = row.getObject(i + 1);
        }
      }
    }
    for (int i = 0; i < key.length; i++) {
      key[i] = key[i] == null ? "1" : key[i];
    }
    return key;
  }
}
