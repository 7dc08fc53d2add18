package dev.freshet.flow.capture.inject;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.capture.source.RowDecoder;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlRoots;
import dev.freshet.view.sql.MysqlRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads rows of MySQL's tables with the columns of the nodes. Not thread-safe. */
final class SourceRows {
  /** The maximum number of rows that one statement reads. */
  private static final int BATCH = 500;

  private final JobPlan plan;
  private final Handling handling;
  private final Map<Integer, RowDecoder> decoders = new HashMap<>();

  SourceRows(JobPlan plan, Handling handling) {
    this.plan = plan;
    this.handling = handling;
  }

  /**
   * Returns the keys of the root rows that have a view key, whether or not they are entries of the
   * view.
   */
  Set<Key> roots(Connection connection, int view, Key key) throws SQLException {
    ViewPlan declared = plan.views().get(view);
    Set<Key> roots = new LinkedHashSet<>();
    try (PreparedStatement statement = connection.prepareStatement(MysqlRoots.ofKey(declared))) {
      Object[] values = key.values();
      int index = 1;
      for (int output : declared.key()) {
        Column column = declared.outputs().get(output).column();
        JdbcValues.MYSQL.bindKey(statement, index, column, values[index]);
        index++;
      }
      List<Column> rootKey = declared.root().keyColumns();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Object[] primaryKey = new Object[rootKey.size()];
          for (int i = 0; i < primaryKey.length; i++) {
            primaryKey[i] = JdbcValues.MYSQL.read(rows, i + 1, rootKey.get(i));
          }
          roots.add(plan.rowOf(view, primaryKey));
        }
      }
    }
    return roots;
  }

  /** Reads rows, the rows that they reference, and so on. A missing row is {@link ReadRow#NONE}. */
  Map<Key, ReadRow> withReferencedRows(Connection connection, Collection<Key> rows)
      throws SQLException {
    Map<Key, ReadRow> all = new LinkedHashMap<>();
    Set<Key> next = new LinkedHashSet<>(rows);
    while (!next.isEmpty()) {
      Map<Key, ReadRow> read = rows(connection, next);
      all.putAll(read);
      next = new LinkedHashSet<>();
      for (Map.Entry<Key, ReadRow> each : read.entrySet()) {
        if (each.getValue().values() != null) {
          for (int id : plan.nodeOf(each.getKey()).children()) {
            Key child = plan.childKey(plan.node(id), each.getValue().values());
            if (child != null && !all.containsKey(child)) {
              next.add(child);
            }
          }
        }
      }
    }
    return all;
  }

  /**
   * Reads rows and returns them in the order of the keys. A missing row is {@link ReadRow#NONE}.
   */
  Map<Key, ReadRow> rows(Connection connection, Collection<Key> keys) throws SQLException {
    Map<Integer, List<Key>> byNode = new LinkedHashMap<>();
    Map<Key, ReadRow> rows = new LinkedHashMap<>();
    for (Key key : keys) {
      rows.put(key, ReadRow.NONE);
      byNode.computeIfAbsent(plan.nodeOf(key).id(), id -> new ArrayList<>()).add(key);
    }
    for (Map.Entry<Integer, List<Key>> node : byNode.entrySet()) {
      for (int first = 0; first < node.getValue().size(); first += BATCH) {
        int end = Math.min(first + BATCH, node.getValue().size());
        read(connection, plan.node(node.getKey()), node.getValue().subList(first, end), rows);
      }
    }
    return rows;
  }

  private void read(
      Connection connection, JobPlan.Node node, List<Key> keys, Map<Key, ReadRow> rows)
      throws SQLException {
    try {
      if (keys.size() > 1 && readTogether(connection, node, keys, rows)) {
        return;
      }
    } catch (SQLException | RuntimeException e) {
      if (!connection.isValid(1)) {
        throw e;
      }
      // One of the keys is the cause, so each row is read by itself.
    }
    for (Key key : keys) {
      rows.put(key, readAlone(connection, node, key));
    }
  }

  /**
   * Reads several rows with one statement. Returns false if a row cannot be decoded, so that its
   * key is unknown.
   */
  private boolean readTogether(
      Connection connection, JobPlan.Node node, List<Key> keys, Map<Key, ReadRow> rows)
      throws SQLException {
    MysqlRow query = new MysqlRow(node.plan());
    try (PreparedStatement statement = connection.prepareStatement(query.ofKeys(keys.size()))) {
      int index = query.bindFixed(statement);
      for (Key key : keys) {
        index = query.bind(statement, index, valuesOf(key));
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          ReadRow row = decoder(node).decode(result);
          if (row.values() == null) {
            return false;
          }
          // MySQL's collation may match a key that is spelled differently; it was not requested.
          rows.computeIfPresent(node.key(row.values()), (key, none) -> row);
        }
      }
    }
    return true;
  }

  private ReadRow readAlone(Connection connection, JobPlan.Node node, Key key) throws SQLException {
    MysqlRow query = new MysqlRow(node.plan());
    try (PreparedStatement statement = connection.prepareStatement(query.ofKey())) {
      query.bind(statement, query.bindFixed(statement), valuesOf(key));
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? decoder(node).decode(rows) : ReadRow.NONE;
      }
    } catch (SQLException | RuntimeException e) {
      if (connection.isValid(1)) {
        // The cause lies in this row: MySQL rejects its key, or a column was dropped.
        return new ReadRow(
            null, new Poison(Reason.UNREADABLE, true, "MySQL cannot read the row: " + e));
      }
      throw e;
    }
  }

  private RowDecoder decoder(JobPlan.Node node) {
    return decoders.computeIfAbsent(
        node.id(), id -> new RowDecoder(plan, node, node.plan().table().columns(), handling));
  }

  /** The first value of a row's key is its node. */
  private static Object[] valuesOf(Key key) {
    Object[] values = key.values();
    return Arrays.copyOfRange(values, 1, values.length);
  }
}
