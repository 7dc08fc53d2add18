package dev.freshet.flow.capture.inject;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.flow.Handling;
import dev.freshet.flow.Interleaving;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.view.Key;
import dev.freshet.view.form.OneLine;
import dev.freshet.view.source.BinlogEnd;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rows from MySQL, asynchronously: a background thread runs one read after the other. Each
 * read uses its own connection and one consistent snapshot that contains everything up to a
 * position of the log. Thread-safe.
 */
public final class RowReads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RowReads.class);
  private static final int GTID_WAIT_S = 10;
  private static final String SOCKET_TIMEOUT_MS = "30000";
  private static final long CLOSE_WAIT_MS = 5000;

  private final JobPlan plan;
  private final SourceOptions options;
  private final StoreProgress store;
  private final Interleaving interleaving;
  private final SourceRows source;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread made = new Thread(work, "row-reads");
            made.setDaemon(true);
            return made;
          });

  /** Receives the result of a read, in the reading thread; exactly one method is called. */
  public interface Listener {
    /**
     * The rows were read.
     *
     * @param rows the rows by key; a missing row is {@link ReadRow#NONE}
     * @param end the end of the binlog after the snapshot was taken, as a version
     */
    void answered(Map<Key, ReadRow> rows, long end);

    /** MySQL or the store did not answer; the read may succeed later. */
    void unanswered();

    /**
     * MySQL rejected a query.
     *
     * @param why MySQL's message in one line
     */
    void refused(String why);
  }

  /**
   * Reads the lowest progress of all key groups in the store.
   *
   * @param groups the job's maximum parallelism
   * @param listener receives the version; {@link Long#MIN_VALUE} if the store does not answer
   */
  public void lowest(int groups, LongConsumer listener) {
    thread.execute(
        () -> {
          long lowest = Long.MIN_VALUE;
          try {
            lowest = store.lowest(groups);
          } catch (Exception e) {
            LOG.info(
                "The store's progress cannot be read ({}); it will be read again",
                OneLine.of(String.valueOf(e)));
          }
          listener.accept(lowest);
        });
  }

  /**
   * Reads which views the store wants rebuilt.
   *
   * @param running version of the running rebuild, or 0
   * @param listener receives the result; {@link StoreProgress.Wanted#NOTHING} if the store does not
   *     answer
   */
  public void rebuilds(long running, Consumer<StoreProgress.Wanted> listener) {
    thread.execute(
        () -> {
          StoreProgress.Wanted wanted = StoreProgress.Wanted.NOTHING;
          try {
            wanted = store.rebuilds(running);
          } catch (Exception e) {
            LOG.info(
                "The store's rebuild requests cannot be read ({}); they will be read again",
                OneLine.of(String.valueOf(e)));
          }
          listener.accept(wanted);
        });
  }

  public RowReads(JobPlan plan, SourceOptions options, StoreProgress store, Handling handling) {
    this.plan = plan;
    this.options = options;
    this.store = store;
    this.interleaving = handling.interleaving();
    this.source = new SourceRows(plan, handling);
  }

  /**
   * Reads rows.
   *
   * @param server the server to read; another server counts as no answer
   * @param gtids the GTIDs that the snapshot must contain
   */
  public void read(List<Key> rows, Captured.Server server, String gtids, Listener listener) {
    thread.execute(
        () -> {
          try (Connection connection = connect()) {
            require(server, connection);
            awaitExecuted(connection, gtids);
            beginSnapshot(connection);
            Map<Key, ReadRow> answer = source.rows(connection, rows);
            listener.answered(answer, end(server, connection));
          } catch (SQLException | RuntimeException e) {
            LOG.warn(
                "MySQL {}: {} rows to be retried cannot be read ({}); they wait and will be read"
                    + " again",
                options,
                rows.size(),
                OneLine.of(String.valueOf(e)));
            listener.unanswered();
          }
        });
  }

  /**
   * Reads the rows for repairs: the root rows that MySQL has for the keys and those that the store
   * has under them, with all rows that they reference.
   *
   * @param server the server to read; another server counts as no answer
   * @param watermark the version up to which the store must contain everything
   * @param gtids the GTIDs that the snapshot must contain
   */
  public void read(
      List<Repair> repairs,
      Captured.Server server,
      long watermark,
      String gtids,
      Listener listener) {
    thread.execute(
        () -> {
          Connection open = null;
          try {
            interleaving.at(Interleaving.Point.BEFORE_WAIT);
            Set<Key> rows = new LinkedHashSet<>(shown(repairs, watermark));
            try (Connection connection = connect()) {
              require(server, connection);
              awaitExecuted(connection, gtids);
              open = connection;
              beginSnapshot(connection);
              for (Repair repair : repairs) {
                if (repair.ofRow()) {
                  rows.add(repair.target());
                } else {
                  rows.addAll(source.roots(connection, repair.view(), repair.target()));
                }
              }
              Map<Key, ReadRow> answer = source.withReferencedRows(connection, rows);
              interleaving.at(Interleaving.Point.AFTER_SNAPSHOT);
              long end = end(server, connection);
              interleaving.at(Interleaving.Point.AFTER_END);
              listener.answered(answer, end);
              open = null;
            } catch (SQLException | RuntimeException e) {
              if (open != null && open.isValid(1)) {
                listener.refused(oneLine(e));
                return;
              }
              throw e;
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (Exception e) {
            LOG.warn(
                "MySQL {} or the store failed while {} keys to be repaired were read ({}); the keys"
                    + " wait, and the job reads them again",
                options,
                repairs.size(),
                OneLine.of(String.valueOf(e)));
            listener.unanswered();
          }
        });
  }

  private Set<Key> shown(List<Repair> repairs, long watermark) throws Exception {
    List<Key> keys =
        repairs.stream().filter(repair -> !repair.ofRow()).map(Repair::target).toList();
    return keys.isEmpty() ? Set.of() : store.roots(plan, keys, watermark);
  }

  private static void beginSnapshot(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
    }
  }

  /**
   * Waits until MySQL has committed these GTIDs: a transaction is in the binlog before its rows are
   * visible.
   */
  private static void awaitExecuted(Connection connection, String gtids) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?)")) {
      statement.setString(1, gtids.replace("\n", ""));
      statement.setInt(2, GTID_WAIT_S);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        if (result.getInt(1) != 0) {
          throw new SQLException(
              "MySQL has not executed " + gtids + " within " + GTID_WAIT_S + " s");
        }
      }
    }
  }

  /** Fails if the connection leads to another server, whose binlog positions are not comparable. */
  private static void require(Captured.Server server, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@server_uuid")) {
      row.next();
      if (!row.getString(1).equals(server.id())) {
        throw new SQLException(
            "it is another server (" + row.getString(1) + ") than the one whose binlog is read");
      }
    }
  }

  private static long end(Captured.Server server, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return BinlogEnd.ask(statement).version(server.epoch());
    }
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e).lines().findFirst().orElse("");
  }

  private Connection connect() throws SQLException {
    Map<String, String> settings = new HashMap<>(MysqlSession.settings());
    settings.put("socketTimeout", SOCKET_TIMEOUT_MS);
    return new Driver()
        .connect(
            MysqlSession.url(options.host(), options.port(), options.database()),
            options.jdbc(settings));
  }

  @Override
  public void close() throws InterruptedException {
    thread.shutdownNow();
    if (thread.awaitTermination(CLOSE_WAIT_MS, TimeUnit.MILLISECONDS)) {
      try {
        store.close();
      } catch (Exception e) {
        LOG.info("A connection to the store is not closed ({})", OneLine.of(String.valueOf(e)));
      }
    }
  }
}
