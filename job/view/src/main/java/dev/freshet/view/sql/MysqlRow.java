package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Queries for rows of a node by their key. They return the columns of the node's table in their
 * order. Their first parameters are the node's fixed values; see {@link #bindFixed}.
 */
public final class MysqlRow {
  private final PlanNode node;
  private final List<Column> key;

  public MysqlRow(PlanNode node) {
    this.node = node;
    this.key = node.keyColumns();
  }

  /** Selects one row; the parameters are the key's values in its order. */
  public String ofKey() {
    return select()
        + key.stream().map(column -> quoted(column) + " = ?").collect(Collectors.joining(" AND "));
  }

  /**
   * Selects several rows, in any order; the parameters are the keys' values, one key after the
   * other.
   */
  public String ofKeys(int rows) {
    String row = "(" + String.join(", ", Collections.nCopies(key.size(), "?")) + ")";
    return select()
        + "("
        + key.stream().map(MysqlRow::quoted).collect(Collectors.joining(", "))
        + ") IN ("
        + String.join(", ", Collections.nCopies(rows, row))
        + ")";
  }

  /**
   * Binds the node's {@link PlanNode.Fixed fixed} values, the constants that its rows have in some
   * columns, to the first parameters. Returns the index of the next parameter; 1 if there are none.
   */
  public int bindFixed(PreparedStatement statement) throws SQLException {
    int index = 1;
    for (PlanNode.Fixed fixed : node.fixed()) {
      Column column = node.table().columns().get(fixed.column());
      JdbcValues.MYSQL.bind(statement, index++, column.type(), fixed.value());
    }
    return index;
  }

  /**
   * Binds a key and returns the index of the next parameter.
   *
   * @param values canonical values in the key's order
   */
  public int bind(PreparedStatement statement, int first, Object[] values) throws SQLException {
    int index = first;
    for (Column column : key) {
      JdbcValues.MYSQL.bindKey(statement, index, column, values[index - first]);
      index++;
    }
    return index;
  }

  private String select() {
    Table table = node.table();
    return "SELECT "
        + table.columns().stream()
            .map(column -> MysqlQueries.readable(quoted(column), column.type()))
            .collect(Collectors.joining(", "))
        + " FROM "
        + Names.MYSQL.quoted(table.database())
        + "."
        + Names.MYSQL.quoted(table.name())
        + " WHERE "
        + node.fixed().stream()
            .map(fixed -> quoted(table.columns().get(fixed.column())) + " = ? AND ")
            .collect(Collectors.joining());
  }

  private static String quoted(Column column) {
    return Names.MYSQL.quoted(column.name());
  }
}
