package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.store.EntriesTable;
import dev.freshet.store.GroupRange;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.StoreLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.connector.jdbc.JdbcStatementBuilder;
import org.apache.flink.connector.jdbc.internal.executor.JdbcBatchStatementExecutor;

/**
 * The entries of a job's views in the store. The statements run in the caller's transaction. What
 * the store cannot name is not in it, so that nothing is done for it.
 *
 * <p>Views are told by their place in the job's plan.
 */
final class StoredEntries {
  /** Changes that the driver holds at once; a hand-over has as many as there are entries. */
  private static final int BATCH = 1000;

  private final JobPlan plan;
  private final int groups;
  private final List<EntriesTable> tables = new ArrayList<>();

  /**
   * The entries in a schema.
   *
   * @param groups the job's maximal parallelism
   */
  StoredEntries(JobPlan plan, String schema, int groups) {
    this.plan = plan;
    this.groups = groups;
    for (ViewPlan view : plan.views()) {
      tables.add(new EntriesTable(view, schema, StoreSchema.GENERATION));
    }
  }

  /** Removes all entries of a view in some key groups. */
  void clear(Connection connection, int view, GroupRange part) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(tables.get(view).deleteGroups())) {
      statement.setInt(1, part.first());
      statement.setInt(2, part.last());
      statement.executeUpdate();
    }
  }

  /** Removes all entries of a key. */
  void delete(Connection connection, int view, Key key) throws SQLException {
    ViewPlan declared = plan.views().get(view);
    if (StoredKeys.isNameable(declared, key)) {
      try (PreparedStatement statement =
          connection.prepareStatement(tables.get(view).deleteEntries())) {
        StoredKeys.bind(statement, declared, key);
        statement.executeUpdate();
      }
    }
  }

  /** Removes all entries of a root row. */
  void delete(Connection connection, EntriesToDelete root) throws SQLException {
    ViewPlan view = plan.views().get(root.view());
    if (!hasRoot(view, root.row().values())) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(tables.get(root.view()).deleteRoot())) {
      int index = 1;
      for (int place : view.rootKey()) {
        ValueType type = view.outputs().get(place).column().type();
        // A row's key has the node's number in front.
        Object value = root.row().values()[index];
        JdbcValues.POSTGRES.bind(statement, index++, type, value);
      }
      statement.setInt(index++, root.first());
      statement.setInt(index, root.last());
      statement.executeUpdate();
    }
  }

  private static boolean hasRoot(ViewPlan view, Object[] row) {
    for (int i = 0; i < view.rootKey().size(); i++) {
      ValueType type = view.outputs().get(view.rootKey().get(i)).column().type();
      // A row's key has the node's number in front.
      if (!StoreLimits.has(type, row[i + 1])) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasEntry(ViewPlan view, EntryChange change) {
    for (int output : view.primaryKey()) {
      ValueType type = view.outputs().get(output).column().type();
      if (!StoreLimits.has(type, change.values()[output])) {
        return false;
      }
    }
    return true;
  }

  /** Prepares the statements that write changes. */
  Batch prepare(Connection connection) throws SQLException {
    return new Batch(connection);
  }

  /** Writes changes over one connection. */
  final class Batch {
    private final List<JdbcBatchStatementExecutor<EntryChange>> upserts = new ArrayList<>();
    private final List<JdbcBatchStatementExecutor<EntryChange>> deletes = new ArrayList<>();

    private Batch(Connection connection) throws SQLException {
      for (int i = 0; i < tables.size(); i++) {
        ViewPlan view = plan.views().get(i);
        EntriesTable table = tables.get(i);
        upserts.add(
            prepared(connection, table.upsert(), (s, change) -> bindUpsert(view, s, change)));
        deletes.add(
            prepared(connection, table.delete(), (s, change) -> bindDelete(view, s, change)));
      }
    }

    private static JdbcBatchStatementExecutor<EntryChange> prepared(
        Connection connection, String sql, JdbcStatementBuilder<EntryChange> builder)
        throws SQLException {
      JdbcBatchStatementExecutor<EntryChange> executor =
          JdbcBatchStatementExecutor.simple(sql, builder);
      executor.prepareStatements(connection);
      return executor;
    }

    /** Nobody knows what an entry shows that holds poison, so it shows nothing. */
    void write(Collection<EntryChange> changes) throws SQLException {
      int batched = 0;
      for (EntryChange change : changes) {
        boolean shown = change.present() && change.poison() == null;
        if (!shown && !hasEntry(plan.views().get(change.view()), change)) {
          continue;
        }
        (shown ? upserts : deletes).get(change.view()).addToBatch(change);
        if (++batched % BATCH == 0) {
          execute();
        }
      }
      execute();
    }

    /** An entry that moved is another row at its new key, so the order does not matter. */
    private void execute() throws SQLException {
      for (JdbcBatchStatementExecutor<EntryChange> executor : deletes) {
        executor.executeBatch();
      }
      for (JdbcBatchStatementExecutor<EntryChange> executor : upserts) {
        executor.executeBatch();
      }
    }
  }

  private void bindUpsert(ViewPlan view, PreparedStatement statement, EntryChange change)
      throws SQLException {
    int index = 1;
    for (int i = 0; i < view.outputs().size(); i++) {
      ValueType type = view.outputs().get(i).column().type();
      JdbcValues.POSTGRES.bind(statement, index++, type, change.values()[i]);
    }
    statement.setInt(index, KeyGroups.of(change.key(), groups));
  }

  private static void bindDelete(ViewPlan view, PreparedStatement statement, EntryChange change)
      throws SQLException {
    int index = 1;
    for (int output : view.primaryKey()) {
      ValueType type = view.outputs().get(output).column().type();
      JdbcValues.POSTGRES.bind(statement, index++, type, change.values()[output]);
    }
  }
}
