package dev.freshet.flow.store;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Mark;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.PostgresTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;
import org.apache.flink.connector.jdbc.internal.executor.JdbcBatchStatementExecutor;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * The tables of a job's projections, as one writer sees them: it owns a range of key groups.
 *
 * <p>Opening fences: every progress row that overlaps the range is split at its borders and the
 * inner parts get a token of the new writer's own, before they are read. A flush of an older
 * attempt finds its row gone and fails, whole. The parts keep their versions until the first flush,
 * which makes one row of them: it happens at or beyond the highest of them, so no part claims what
 * it does not hold.
 *
 * <p>Used by one thread.
 */
final class ProjectionStore implements AutoCloseable {
  /** Changes that the driver holds at once; a hand-over has as many as there are entries. */
  private static final int BATCH = 1000;

  private final JdbcConnectionProvider connections;
  private final Connection connection;
  private final String job;
  private final KeyGroupRange range;
  private final int groups;
  private final ProgressTable progress;
  private final long token;
  private final long progressAtOpen;
  private final List<PostgresTables> tables = new ArrayList<>();
  private final List<JdbcBatchStatementExecutor<EntryChange>> upserts = new ArrayList<>();
  private final List<JdbcBatchStatementExecutor<EntryChange>> deletes = new ArrayList<>();
  private boolean merged;

  private ProjectionStore(
      StoreOptions options, JobPlan plan, String job, KeyGroupRange range, int groups)
      throws SQLException, ClassNotFoundException {
    this.job = job;
    this.range = range;
    this.groups = groups;
    this.connections = new SimpleJdbcConnectionProvider(options.jdbc());
    this.connection = connections.getOrEstablishConnection();
    connection.setAutoCommit(false);
    this.progress = new ProgressTable(options.schema());
    this.token = progress.nextToken(connection);
    this.progressAtOpen = progress.fence(connection, job, range, token);
    connection.commit();
    for (ViewPlan view : plan.views()) {
      PostgresTables table = new PostgresTables(view, options.schema(), StoreSchema.GENERATION);
      tables.add(table);
      upserts.add(prepared(table.upsert(), (s, change) -> bindUpsert(view, s, change)));
      deletes.add(prepared(table.delete(), (s, change) -> bindDelete(view, s, change)));
    }
  }

  /**
   * Connects and fences older writers of the range off.
   *
   * @param job whose progress it is
   * @param groups the job's maximal parallelism
   */
  static ProjectionStore open(
      StoreOptions options, JobPlan plan, String job, KeyGroupRange range, int groups)
      throws SQLException, ClassNotFoundException {
    return new ProjectionStore(options, plan, job, range, groups);
  }

  /** The highest progress in the range when it was opened, or {@link Pending#NOTHING}. */
  long progressAtOpen() {
    return progressAtOpen;
  }

  /**
   * Writes changes and the progress they make in one transaction.
   *
   * @param version everything up to here is in the store afterwards
   * @param clear key groups whose entries go first
   * @throws SQLException also when a newer writer has taken the range; nothing is written then
   */
  void flush(Collection<EntryChange> changes, long version, Mark mark, List<KeyGroupRange> clear)
      throws SQLException {
    try {
      if (merged) {
        progress.advance(connection, job, range, token, version, mark);
      } else {
        progress.merge(connection, job, range, token, version, mark);
      }
      for (KeyGroupRange part : clear) {
        for (PostgresTables table : tables) {
          clear(table, part);
        }
      }
      int batched = 0;
      for (EntryChange change : changes) {
        (change.present() ? upserts : deletes).get(change.view()).addToBatch(change);
        if (++batched % BATCH == 0) {
          execute();
        }
      }
      execute();
      connection.commit();
      merged = true;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
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

  @Override
  public void close() {
    connections.closeConnection();
  }

  private void clear(PostgresTables table, KeyGroupRange part) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(table.deleteGroups())) {
      statement.setInt(1, part.getStartKeyGroup());
      statement.setInt(2, part.getEndKeyGroup());
      statement.executeUpdate();
    }
  }

  private JdbcBatchStatementExecutor<EntryChange> prepared(
      String sql, org.apache.flink.connector.jdbc.JdbcStatementBuilder<EntryChange> builder)
      throws SQLException {
    JdbcBatchStatementExecutor<EntryChange> executor =
        JdbcBatchStatementExecutor.simple(sql, builder);
    executor.prepareStatements(connection);
    return executor;
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
