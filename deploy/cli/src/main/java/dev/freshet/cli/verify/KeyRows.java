package dev.freshet.cli.verify;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Binds and reads a view's keys and entries with the types of one database. */
final class KeyRows {
  private final ViewPlan plan;
  private final JdbcValues values;

  KeyRows(ViewPlan plan, JdbcValues values) {
    this.plan = plan;
    this.values = values;
  }

  /**
   * Binds a key.
   *
   * @param index the index of the first parameter
   * @return the index after the last parameter
   */
  int bind(PreparedStatement statement, int index, Key key) throws SQLException {
    Object[] parts = key.values();
    for (int i = 0; i < parts.length; i++) {
      values.bindKey(statement, index + i, plan.keyColumnList().get(i), parts[i]);
    }
    return index + parts.length;
  }

  /** Binds keys from the first parameter on. Returns the index after the last parameter. */
  int bind(PreparedStatement statement, Collection<Key> keys) throws SQLException {
    int index = 1;
    for (Key key : keys) {
      index = bind(statement, index, key);
    }
    return index;
  }

  /** Reads the key in the first columns of the current row; null if a part of it is NULL. */
  Key key(ResultSet rows) throws SQLException {
    Object[] parts = new Object[plan.keyColumns()];
    for (int i = 0; i < parts.length; i++) {
      Column column = plan.keyColumnList().get(i);
      Object value = values.read(rows, i + 1, column);
      if (value == null) {
        return null;
      }
      parts[i] = column.canonical(value);
    }
    return Key.of(parts);
  }

  /** Runs a query and returns the keys of all rows. */
  List<Key> keys(PreparedStatement statement) throws SQLException {
    List<Key> keys = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        Key key = key(rows);
        if (key != null) {
          keys.add(key);
        }
      }
    }
    return keys;
  }

  /** Reads the entry in the current row, whose columns are the view's outputs in order. */
  Row row(ResultSet rows) throws SQLException {
    Object[] entry = new Object[plan.outputs().size()];
    for (int i = 0; i < entry.length; i++) {
      entry[i] = values.read(rows, i + 1, plan.outputs().get(i).column());
    }
    return new Row(entry);
  }

  /** Returns the identity of an entry, which is the same in both databases. */
  Key identity(Row row) {
    return plan.keyOf(null, row.values(), plan.rootKey());
  }

  /** Returns the key of an entry. */
  Key keyOf(Row row) {
    return plan.keyOf(null, row.values(), plan.key());
  }
}
