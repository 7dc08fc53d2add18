package dev.freshet.flow.capture.inject;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.flow.Handling;
import dev.freshet.flow.Interleaving;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.view.Key;
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
 * Reads rows from MySQL, in a thread and over a connection of its own: all of a question in one
 * consistent snapshot that holds everything up to a place of the log.
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

  /** Hears the answer, in the reading thread. */
  public interface Listener {
    /**
     * MySQL answered.
     *
     * @param end where the binlog ended after the snapshot was taken
     */
    void answered(Map<Key, ReadRow> rows, long end);

    /** It did not. */
    void unanswered();

    /**
     * It does not take the question.
     *
     * @param why in one line
     */
    void refused(String why);
  }

  /** Reads, later, up to where the store is; {@link Long#MIN_VALUE} when it does not answer. */
  public void lowest(int groups, LongConsumer listener) {
    thread.execute(
        () -> {
          long lowest = Long.MIN_VALUE;
          try {
            lowest = store.lowest(groups);
          } catch (Exception e) {
            LOG.info(
                "The store does not say up to where it is ({}): asked again", String.valueOf(e));
          }
          listener.accept(lowest);
        });
  }

  /** Reads, later, which views the store wants rebuilt; tells nothing when it does not answer. */
  public void rebuilds(long running, Consumer<StoreProgress.Wanted> listener) {
    thread.execute(
        () -> {
          StoreProgress.Wanted wanted = StoreProgress.Wanted.NOTHING;
          try {
            wanted = store.rebuilds(running);
          } catch (Exception e) {
            LOG.info("The store does not say what to rebuild ({}): asked again", String.valueOf(e));
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
   * Reads rows, later.
   *
   * @param server the only one that may answer
   * @param gtids that the snapshot has to hold
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
                "MySQL {} does not say what {} rows hold that failed ({}): they wait and are asked"
                    + " for again",
                options,
                rows.size(),
                String.valueOf(e));
            listener.unanswered();
          }
        });
  }

  /**
   * Reads, later, what is to be repaired: the rows that MySQL has for the keys and those that the
   * store shows, with all that they point at.
   *
   * @param server the only one that may answer
   * @param watermark that the store has to hold
   * @param gtids that the snapshot has to hold
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
              Map<Key, ReadRow> answer = source.withAllTheyPointAt(connection, rows);
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
                "MySQL {} or the store does not say what {} keys hold that are to be repaired ({}):"
                    + " they wait and are asked for again",
                options,
                repairs.size(),
                String.valueOf(e));
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

  /** MySQL's binlog is ahead of what its tables show. */
  private static void awaitExecuted(Connection connection, String gtids) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?)")) {
      statement.setString(1, gtids.replace("\n", ""));
      statement.setInt(2, GTID_WAIT_S);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        if (result.getInt(1) != 0) {
          throw new SQLException("it has not executed " + gtids + " in " + GTID_WAIT_S + " s");
        }
      }
    }
  }

  /** The positions of another server mean nothing here. */
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
    thread.awaitTermination(CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
  }
}
