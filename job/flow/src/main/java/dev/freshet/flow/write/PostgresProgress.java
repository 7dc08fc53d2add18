package dev.freshet.flow.write;

import dev.freshet.flow.JobDrivers;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.event.EventLog;
import dev.freshet.store.EntriesTable;
import dev.freshet.store.ProgressTable;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import dev.freshet.store.StoreTables;
import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.Positions;
import dev.freshet.view.sql.JdbcValues;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;

/**
 * Reads a job's progress from Postgres. {@link #above}, {@link #gtidsBetween} and {@link #eventLog}
 * block while the store is down. {@link #lowest} and {@link #rebuilds}, which are called every
 * second, share a connection that stays open; one thread at a time may call them.
 */
public final class PostgresProgress implements StoreProgress {
  private static final long serialVersionUID = 1L;

  private static final long PATIENCE_NS = 10_000_000_000L;
  private static final long POLL_MS = 2;

  /**
   * Bounds the wait for a store that no longer responds, because it blocks the thread that reads
   * rows.
   */
  private static final String SOCKET_TIMEOUT_S = "30";

  private static final int VALID_S = 5;

  private final StoreOptions options;
  private final String job;

  /** The open connection; null if there is none. */
  private transient Connection polls;

  public PostgresProgress(StoreOptions options, String job) {
    this.options = options;
    this.job = job;
  }

  @Override
  public List<Long> above(long version)
      throws SQLException, ClassNotFoundException, InterruptedException {
    return Outage.outlast(
        options,
        () -> {
          try (Connection connection = connect()) {
            return new ProgressTable(options.schema()).above(connection, job, version);
          } catch (SQLException e) {
            if (StoreTables.isMissing(e)) {
              // The writers create the tables again.
              return List.of();
            }
            throw e;
          }
        });
  }

  @Override
  public long lowest(int groups) throws SQLException {
    return new ProgressTable(options.schema()).lowest(polls(), job, groups);
  }

  @Override
  public Wanted rebuilds(long running) throws SQLException {
    RebuildsTable rebuilds = new RebuildsTable(options.schema());
    Connection connection = polls();
    boolean done = running > 0 && rebuilds.isDone(connection, job, running);
    if (done) {
      rebuilds.removeDone(connection, job);
    }
    return new Wanted(
        rebuilds.open(connection, job).stream().map(RebuildsTable.Rebuild::view).toList(), done);
  }

  /** Returns the open connection, or a new one if the store has ended it. */
  private Connection polls() throws SQLException {
    if (polls != null && !polls.isValid(VALID_S)) {
      close();
    }
    if (polls == null) {
      polls = connect();
    }
    return polls;
  }

  @Override
  public void close() throws SQLException {
    Connection open = polls;
    polls = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public List<String> gtidsBetween(long above, long below)
      throws SQLException, ClassNotFoundException, InterruptedException {
    return Outage.outlast(
        options,
        () -> {
          try (Connection connection = connect()) {
            return new ProgressTable(options.schema()).gtidsBetween(connection, job, above, below);
          }
        });
  }

  /**
   * Returns the union of the states that all ranges have of the log of events; blocks while the
   * store is down.
   */
  public EventLog.State eventLog()
      throws SQLException, ClassNotFoundException, InterruptedException {
    return Outage.outlast(
        options,
        () -> {
          try (Connection connection = connect()) {
            EventLog.State union = EventLog.State.NONE;
            for (RangeProgress range :
                new ProgressTable(options.schema()).ranges(connection, job)) {
              union =
                  union.union(new EventLog.State(range.version(), Positions.parse(range.gtids())));
            }
            return union;
          } catch (SQLException e) {
            if (StoreTables.isMissing(e)) {
              // The writers create the tables again.
              return EventLog.State.NONE;
            }
            throw e;
          }
        });
  }

  @Override
  public Set<Key> roots(JobPlan plan, Collection<Key> keys, long version)
      throws SQLException, InterruptedException {
    Set<Key> roots = new LinkedHashSet<>();
    try (Connection connection = connect()) {
      await(connection, version);
      for (Key key : keys) {
        roots.addAll(roots(connection, plan, plan.viewNamed(key), key));
      }
    }
    return roots;
  }

  private void await(Connection connection, long version)
      throws SQLException, InterruptedException {
    ProgressTable progress = new ProgressTable(options.schema());
    long end = System.nanoTime() + PATIENCE_NS;
    while (progress.lowest(connection, job) < version) {
      if (System.nanoTime() > end) {
        throw new SQLTimeoutException(
            "the store did not reach " + Version.print(version) + " within some seconds");
      }
      Thread.sleep(POLL_MS);
    }
  }

  private Set<Key> roots(Connection connection, JobPlan plan, int view, Key key)
      throws SQLException {
    ViewPlan declared = plan.views().get(view);
    Set<Key> roots = new LinkedHashSet<>();
    if (!StoredKeys.isNameable(declared, key)) {
      return roots;
    }
    EntriesTable table = new EntriesTable(declared, options.schema(), StoreSchema.GENERATION);
    try (PreparedStatement statement = connection.prepareStatement(table.selectRoots())) {
      StoredKeys.bind(statement, declared, key);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Object[] values = new Object[declared.rootKey().size()];
          for (int i = 0; i < values.length; i++) {
            Column column = declared.outputs().get(declared.rootKey().get(i)).column();
            values[i] = JdbcValues.POSTGRES.read(rows, i + 1, column);
          }
          roots.add(plan.rowOf(view, values));
        }
      }
    }
    return roots;
  }

  /** Connects without DriverManager, which does not have the driver, see {@link JobDrivers}. */
  private Connection connect() throws SQLException {
    Properties account = new Properties();
    account.setProperty("user", options.user());
    account.setProperty("password", options.password().reveal());
    account.setProperty("socketTimeout", SOCKET_TIMEOUT_S);
    return new Driver().connect(options.url(), account);
  }
}
