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
 * Statements for the states of the keys of a job's views. They run in the caller's transaction.
 * Keys that Postgres cannot store ({@link StoreLimits}) are skipped; readers recognise such keys
 * themselves.
 *
 * <p>Views are identified by their index in the job's plan. Not thread-safe.
 */
final class StoredKeys {
  private final JobPlan plan;
  private final int groups;
  private final List<KeysTable> tables = new ArrayList<>();

  /**
   * Creates the statements for a schema.
   *
   * @param groups the job's maximum parallelism
   */
  StoredKeys(JobPlan plan, String schema, int groups) {
    this.plan = plan;
    this.groups = groups;
    for (ViewPlan view : plan.views()) {
      tables.add(new KeysTable(view, schema, StoreSchema.GENERATION));
    }
  }

  /**
   * The keys that the store has. The collections are mutable.
   *
   * @param invalid the invalid keys with the reasons
   * @param populated the keys of views that are populated on read, valid or not
   */
  record Content(Map<Key, Reason> invalid, Set<Key> populated) {
    /** Creates an empty content. */
    Content() {
      this(new LinkedHashMap<>(), new HashSet<>());
    }
  }

  /**
   * Reads the keys of a range.
   *
   * @param onRead the names of the views that are populated on read in the whole range
   * @param stored receives the keys
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

  /** Writes the state of a key; a valid key of an eager view has no row, so its row is deleted. */
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

  /** Deletes the state of a key. */
  void delete(Connection connection, int view, Key key) throws SQLException {
    ViewPlan declared = plan.views().get(view);
    if (isNameable(declared, key)) {
      try (PreparedStatement statement = connection.prepareStatement(tables.get(view).delete())) {
        bind(statement, declared, key);
        statement.executeUpdate();
      }
    }
  }

  /** Deletes the states of all keys of a view in some key groups. */
  void clear(Connection connection, int view, GroupRange part) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(tables.get(view).deleteGroups())) {
      statement.setInt(1, part.first());
      statement.setInt(2, part.last());
      statement.executeUpdate();
    }
  }

  /** Whether Postgres can store a view key. */
  static boolean isNameable(ViewPlan view, Key key) {
    // The first value of a view key is the view's name.
    List<Object> values = Arrays.asList(key.values());
    return StoreLimits.hasKey(view, values.subList(1, values.size()));
  }

  /** Binds the key's values in declared order and returns the index of the next parameter. */
  static int bind(PreparedStatement statement, ViewPlan view, Key key) throws SQLException {
    Object[] values = key.values();
    int index = 1;
    for (int output : view.key()) {
      ValueType type = view.outputs().get(output).column().type();
      JdbcValues.POSTGRES.bind(statement, index, type, values[index]);
      index++;
    }
    return index;
  }
}
