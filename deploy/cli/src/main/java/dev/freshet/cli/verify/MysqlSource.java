package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.config.Config;
import dev.freshet.view.Key;
import dev.freshet.view.source.BinlogEnd;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import java.sql.Connection;
import java.sql.DataTruncation;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads from MySQL over one connection, and measures the cost for MySQL. The binlog position is
 * read after the snapshot was taken, because a transaction is in the binlog before InnoDB shows it.
 * Throws {@link dev.freshet.cli.Failure} if MySQL does not answer.
 */
final class MysqlSource implements Source {
  /** The time limit after which MySQL aborts a query. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int PATIENCE_S = 15;

  private final Config.Source source;
  private final Connection mysql;
  private final String answer;
  private final KeyRows rows;
  private final Load load = new Load();

  /** The load on MySQL so far. */
  static final class Load {
    private long queries;
    private long rowsAtStart;
    private long nanos;

    private Load() {}
  }

  /**
   * The cost for MySQL so far.
   *
   * @param queries the number of queries
   * @param rowsRead the rows that MySQL's table handlers read, including temporary tables
   * @param seconds the time of the queries
   */
  record Cost(long queries, long rowsRead, double seconds) {
    Cost plus(Cost other) {
      return new Cost(queries + other.queries, rowsRead + other.rowsRead, seconds + other.seconds);
    }
  }

  MysqlSource(Config.Source source, Connection mysql, ActiveView view) {
    this.source = source;
    this.mysql = mysql;
    this.answer = new MysqlQueries(view.plan(), LIMIT).answer();
    this.rows = new KeyRows(view.plan(), JdbcValues.MYSQL);
    try {
      mysql.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      load.rowsAtStart = handlerReads();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public Optional<Snapshot> read(Collection<Key> keys, Set<String> gtids) {
    try (Statement statement = mysql.createStatement()) {
      for (String set : gtids) {
        if (!hasExecuted(set)) {
          return Optional.empty();
        }
      }
      statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
      try {
        return Optional.of(snapshot(statement, keys));
      } finally {
        statement.execute("ROLLBACK");
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private boolean hasExecuted(String gtids) throws SQLException {
    try (PreparedStatement wait =
        mysql.prepareStatement("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, " + PATIENCE_S + ")")) {
      wait.setString(1, gtids);
      try (ResultSet row = wait.executeQuery()) {
        row.next();
        return row.getInt(1) == 0;
      }
    }
  }

  private Snapshot snapshot(Statement statement, Collection<Key> keys) throws SQLException {
    long position = BinlogEnd.ask(statement).version();
    Map<Key, Map<Key, Row>> answers = new HashMap<>();
    Map<Key, String> unreadable = new HashMap<>();
    long start = System.nanoTime();
    try (PreparedStatement each = mysql.prepareStatement(answer)) {
      for (Key key : keys) {
        load.queries++;
        rows.bind(each, 1, key);
        try {
          answers.put(key, answer(each));
        } catch (SQLDataException | DataTruncation e) {
          // A date in no calendar, or a result that MySQL cannot compute.
          unreadable.put(key, "MySQL's answer cannot be read: " + e.getMessage());
        }
      }
    } finally {
      load.nanos += System.nanoTime() - start;
    }
    return new Snapshot(answers, unreadable, position);
  }

  private Map<Key, Row> answer(PreparedStatement statement) throws SQLException {
    Map<Key, Row> answer = new HashMap<>();
    try (ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        Row row = rows.row(result);
        answer.put(rows.identity(row), row);
      }
    }
    return answer;
  }

  /** A query for keys. */
  interface Question<T> {
    T ask(Connection mysql) throws SQLException;
  }

  /** Runs another query over the same connection. */
  <T> T ask(Question<T> question) {
    long start = System.nanoTime();
    load.queries++;
    try {
      return question.ask(mysql);
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      load.nanos += System.nanoTime() - start;
    }
  }

  /** Returns the cost so far. */
  Cost cost() {
    try {
      return new Cost(load.queries, handlerReads() - load.rowsAtStart, load.nanos / 1e9);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Returns the rows read by this connection. */
  private long handlerReads() throws SQLException {
    long sum = 0;
    try (Statement statement = mysql.createStatement();
        ResultSet rows = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler_read%'")) {
      while (rows.next()) {
        sum += rows.getLong(2);
      }
    }
    return sum;
  }

  private RuntimeException failed(SQLException e) {
    return Databases.failed("Source " + source, e);
  }
}
