package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.store.EntriesTable;
import dev.freshet.store.GroupRange;
import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
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
 * Writes the rows of entries to the store and deletes them, in the caller's transaction. {@link
 * EntriesTable} has the SQL. Entries whose key values Postgres cannot store ({@link StoreLimits})
 * are never in the store and are skipped.
 *
 * <p>Views are identified by their index in the job's plan. Not thread-safe.
 */
final class EntryWriter {
  /**
   * The number of changes in one JDBC batch; bounds memory, because a hand-over writes all entries.
   */
  private static final int BATCH = 1000;

  private final JobPlan plan;
  private final int groups;
  private final List<EntriesTable> tables = new ArrayList<>();

  /**
   * Creates the statements for a schema.
   *
   * @param groups the job's maximum parallelism
   */
  EntryWriter(JobPlan plan, String schema, int groups) {
    this.plan = plan;
    this.groups = groups;
    for (ViewPlan view : plan.views()) {
      tables.add(new EntriesTable(view, schema, StoreSchema.GENERATION));
    }
  }

  /** Deletes all entries of a view in some key groups. */
  void clear(Connection connection, int view, GroupRange part) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(tables.get(view).deleteGroups())) {
      statement.setInt(1, part.first());
      statement.setInt(2, part.last());
      statement.executeUpdate();
    }
  }

  /** Deletes all entries of a key. */
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

  /** Deletes all entries of a root row. */
  void delete(Connection connection, EntriesToDelete root) throws SQLException {
    ViewPlan view = plan.views().get(root.view());
    if (!hasRoot(view, root.row().values())) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(tables.get(root.view()).deleteRoot())) {
      int index = 1;
      for (int output : view.rootKey()) {
        Column column = view.outputs().get(output).column();
        // The first value of a row's key is the node's number.
        Object value = column.canonical(root.row().values()[index]);
        JdbcValues.POSTGRES.bind(statement, index++, column.type(), value);
      }
      statement.setInt(index++, root.first());
      statement.setInt(index, root.last());
      statement.executeUpdate();
    }
  }

  private static boolean hasRoot(ViewPlan view, Object[] row) {
    for (int i = 0; i < view.rootKey().size(); i++) {
      Column column = view.outputs().get(view.rootKey().get(i)).column();
      // The first value of a row's key is the node's number.
      Object value = column.canonical(row[i + 1]);
      if (value == null || !StoreLimits.has(column.type(), value)) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasEntry(ViewPlan view, EntryChange change) {
    for (int output : view.primaryKey()) {
      Column column = view.outputs().get(output).column();
      if (!StoreLimits.has(column.type(), column.canonical(change.values()[output]))) {
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
            prepared(
                connection,
                table.upsert(),
                (s, change) ->
                    table.bindUpsert(s, change.values(), KeyGroups.of(change.key(), groups))));
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

    /**
     * Upserts or deletes entries. An entry that holds poison is deleted, because its content is
     * unknown.
     */
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

    /** The order does not matter, because an entry that moved to another key is another row. */
    private void execute() throws SQLException {
      for (JdbcBatchStatementExecutor<EntryChange> executor : deletes) {
        executor.executeBatch();
      }
      for (JdbcBatchStatementExecutor<EntryChange> executor : upserts) {
        executor.executeBatch();
      }
    }
  }

  private static void bindDelete(ViewPlan view, PreparedStatement statement, EntryChange change)
      throws SQLException {
    int index = 1;
    for (int output : view.primaryKey()) {
      Column column = view.outputs().get(output).column();
      Object value = column.canonical(change.values()[output]);
      JdbcValues.POSTGRES.bind(statement, index++, column.type(), value);
    }
  }
}
