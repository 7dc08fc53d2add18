package dev.freshet.flow.capture;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Table;
import dev.freshet.view.Version;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlRow;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads rows from MySQL, in a thread and over a connection of its own: all of a question in one
 * consistent snapshot that holds everything up to a place of the log.
 */
final class RowReads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RowReads.class);
  private static final int GTID_WAIT_S = 10;
  private static final String SOCKET_TIMEOUT_MS = "30000";
  private static final long CLOSE_WAIT_MS = 5000;

  private final JobPlan plan;
  private final SourceOptions options;
  private final Handling handling;
  private final Map<Integer, RowDecoder> decoders = new HashMap<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread made = new Thread(work, "row-reads");
            made.setDaemon(true);
            return made;
          });

  /** Hears the answer, in the reading thread. */
  interface Listener {
    /**
     * MySQL answered.
     *
     * @param end where the binlog ended after the snapshot was taken
     */
    void answered(Map<Key, Wishes.Row> rows, long end);

    /** It did not. */
    void unanswered();
  }

  RowReads(JobPlan plan, SourceOptions options, Handling handling) {
    this.plan = plan;
    this.options = options;
    this.handling = handling;
  }

  /**
   * Reads rows, later.
   *
   * @param gtids that the snapshot has to hold
   */
  void read(List<Key> rows, String gtids, Listener listener) {
    thread.execute(
        () -> {
          try (Connection connection = connect()) {
            awaitExecuted(connection, gtids);
            Map<Key, Wishes.Row> answer = new LinkedHashMap<>();
            try (Statement statement = connection.createStatement()) {
              statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
              statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
              for (Key row : rows) {
                answer.put(row, read(connection, row));
              }
              listener.answered(answer, end(statement));
            }
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

  private static long end(Statement statement) throws SQLException {
    try (ResultSet status = statement.executeQuery("SHOW MASTER STATUS")) {
      if (!status.next()) {
        throw new SQLException("it writes no binlog");
      }
      return Version.of(BinlogPlaces.EPOCH, status.getString(1), status.getLong(2));
    }
  }

  private Wishes.Row read(Connection connection, Key row) throws SQLException {
    JobPlan.Node node = plan.nodeOf(row);
    Table table = node.plan().table();
    Object[] key = row.values();
    try (PreparedStatement statement = connection.prepareStatement(MysqlRow.ofPrimaryKey(table))) {
      for (int i = 1; i < key.length; i++) {
        int column = table.primaryKey().get(i - 1);
        JdbcValues.MYSQL.bind(statement, i, table.columns().get(column).type(), key[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Wishes.Row.NONE;
        }
        return decoders
            .computeIfAbsent(node.id(), id -> new RowDecoder(plan, node, handling))
            .decode(rows);
      }
    } catch (SQLException | RuntimeException e) {
      if (connection.isValid(1)) {
        // Of this row alone: a key that MySQL does not take, a column that is gone.
        return new Wishes.Row(
            null, new Poison(Reason.UNREADABLE, true, "MySQL does not give the row: " + e));
      }
      throw e;
    }
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
