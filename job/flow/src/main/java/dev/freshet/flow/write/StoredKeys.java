package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.store.GroupRange;
import dev.freshet.store.KeysTable;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.StoreLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the store says of the keys of a job's views. The statements run in the caller's transaction.
 * The store says nothing of a key that it cannot name; readers know such keys themselves.
 *
 * <p>Views are told by their place in the job's plan.
 */
final class StoredKeys {
  private final JobPlan plan;
  private final int groups;
  private final List<KeysTable> tables = new ArrayList<>();

  /**
   * The keys in a schema.
   *
   * @param groups the job's maximal parallelism
   */
  StoredKeys(JobPlan plan, String schema, int groups) {
    this.plan = plan;
    this.groups = groups;
    for (ViewPlan view : plan.views()) {
      tables.add(new KeysTable(view, schema, StoreSchema.GENERATION));
    }
  }

  /**
   * What the store says of keys.
   *
   * @param invalid why keys are not valid
   * @param populated the keys of views populated on read that it has, valid or not
   */
  record Content(Map<Key, Reason> invalid, Set<Key> populated) {
    /** Nothing yet. */
    Content() {
      this(new LinkedHashMap<>(), new HashSet<>());
    }
  }

  /**
   * Reads what the store says of the keys of a range.
   *
   * @param onRead names of the views whose keys are populated on read there
   * @param stored takes it
   */
  void read(Connection connection, GroupRange range, Set<String> onRead, Content stored)
      throws SQLException {
    for (int i = 0; i < tables.size(); i++) {
      ViewPlan view = plan.views().get(i);
      try (PreparedStatement statement = connection.prepareStatement(tables.get(i).select())) {
        statement.setInt(1, range.first());
        statement.setInt(2, range.last());
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            Key key = key(view, rows);
            String reason = rows.getString("reason");
            if (reason != null) {
              stored.invalid().put(key, Reason.of(reason));
            }
            if (onRead.contains(view.view())) {
              stored.populated().add(key);
            }
          }
        }
      }
    }
  }

  private static Key key(ViewPlan view, ResultSet rows) throws SQLException {
    Object[] values = new Object[view.keyColumns()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          JdbcValues.POSTGRES.read(rows, i + 1, view.outputs().get(view.key().get(i)).column());
    }
    return view.viewKeyOf(values);
  }

  /** Writes the state of a key; of a valid key of an eager view the store has nothing. */
  void write(Connection connection, KeyStates.Change change) throws SQLException {
    ViewPlan view = plan.views().get(change.view());
    if (!isNameable(view, change.key())) {
      return;
    }
    if (change.reason() == null && !view.options().onRead()) {
      delete(connection, change.view(), change.key());
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(tables.get(change.view()).upsert())) {
      int index = bind(statement, view, change.key());
      statement.setString(index++, change.reason() == null ? null : change.reason().wireName());
      statement.setLong(index++, change.version());
      statement.setInt(index, KeyGroups.of(change.key(), groups));
      statement.executeUpdate();
    }
  }

  /** Removes what the store says of a key. */
  void delete(Connection connection, int view, Key key) throws SQLException {
    ViewPlan declared = plan.views().get(view);
    if (isNameable(declared, key)) {
      try (PreparedStatement statement = connection.prepareStatement(tables.get(view).delete())) {
        bind(statement, declared, key);
        statement.executeUpdate();
      }
    }
  }

  /** Removes what the store says of all keys of a view in some key groups. */
  void clear(Connection connection, int view, GroupRange part) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(tables.get(view).deleteGroups())) {
      statement.setInt(1, part.first());
      statement.setInt(2, part.last());
      statement.executeUpdate();
    }
  }

  /** Whether the store can have a view key at all. */
  static boolean isNameable(ViewPlan view, Key key) {
    // A view key has the view's name in front.
    List<Object> values = Arrays.asList(key.values());
    return StoreLimits.hasKey(view, values.subList(1, values.size()));
  }

  /** Binds the key's values in declared order; returns the next parameter. */
  static int bind(PreparedStatement statement, ViewPlan view, Key key) throws SQLException {
    Object[] values = key.values();
    int index = 1;
    for (int place : view.key()) {
      ValueType type = view.outputs().get(place).column().type();
      JdbcValues.POSTGRES.bind(statement, index, type, values[index]);
      index++;
    }
    return index;
  }
}
