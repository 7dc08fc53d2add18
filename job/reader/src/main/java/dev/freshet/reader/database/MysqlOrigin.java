package dev.freshet.reader.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.reader.Availability;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Meter;
import dev.freshet.reader.answer.Origin;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.QueryHandle;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers by the view's query in MySQL. Page and total are read in one transaction with one
 * snapshot; the total is only counted if it does not follow from the page. MySQL ends a statement
 * that exceeds the time limit, even if this reader has died. A query that is cancelled, or whose
 * answer is too large, loses its connection, which leaves the pool. Rows are read and counted one
 * by one, so an answer that is too large is never completely in memory.
 */
final class MysqlOrigin implements Origin {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlOrigin.class);
  private static final JdbcValues VALUES = JdbcValues.MYSQL;

  /** The fetch size with which the driver keeps only one row in memory. */
  private static final int ROW_BY_ROW = Integer.MIN_VALUE;

  private final HikariDataSource mysql;
  private final LongConsumer kill;
  private final Supplier<Optional<String>> executed;
  private final ConnectionIds ids = new ConnectionIds();
  private final Duration timeout;
  private final ByteBudget budget;
  private final Availability availability;

  /**
   * Answers from MySQL.
   *
   * @param kill kills a connection by its id, without blocking
   * @param budget counts the bytes of an answer while it is read
   */
  MysqlOrigin(
      HikariDataSource mysql,
      LongConsumer kill,
      Supplier<Optional<String>> executed,
      Duration timeout,
      Availability availability,
      ByteBudget budget) {
    this.mysql = mysql;
    this.kill = kill;
    this.executed = executed;
    this.timeout = timeout;
    this.availability = availability;
    this.budget = budget;
  }

  @Override
  public Page read(Question question, QueryHandle handle) throws Unanswered {
    String view = question.view().name();
    try (Connection connection = mysql.getConnection()) {
      long id = ids.of(connection);
      try {
        if (!handle.begin(() -> kill.accept(id))) {
          throw abandoned(view);
        }
        return read(question, connection);
      } finally {
        if (!handle.end()) {
          mysql.evictConnection(connection);
        }
      }
    } catch (SQLException e) {
      throw handle.isCancelled() ? abandoned(view) : unanswered(view, e);
    }
  }

  @Override
  public Optional<String> executed() {
    return executed.get();
  }

  private static Unanswered abandoned(String view) {
    return new Unanswered(
        Unanswered.Kind.ABANDONED,
        "all callers that waited for the query of view " + view + " have gone");
  }

  private Page read(Question question, Connection connection) throws SQLException, Unanswered {
    MysqlQueries queries = new MysqlQueries(question.view().plan(), timeout);
    List<Object[]> rows = page(question, queries, connection);
    boolean isWhole = question.after().isEmpty() && rows.size() <= question.limit();
    long total = isWhole ? rows.size() : total(question, queries, connection);
    connection.commit();
    availability.up();
    return Page.of(question, rows, total);
  }

  private List<Object[]> page(Question question, MysqlQueries queries, Connection connection)
      throws SQLException, Unanswered {
    String sql = queries.page(question.given(), question.after());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Binder binder = new Binder(VALUES, statement).of(question);
      binder.key();
      binder.bounds();
      if (question.after().isPresent()) {
        binder.after(queries.cursorPositions(question.after().get()));
      }
      binder.number(question.limit() + 1);
      statement.setFetchSize(ROW_BY_ROW);
      try (ByteBudget.Reservation bytes = budget.reserve();
          ResultSet rows = statement.executeQuery()) {
        return entries(rows, question.view().plan(), bytes, connection);
      } catch (SQLException e) {
        throw orTooLarge(e, connection);
      }
    }
  }

  private List<Object[]> entries(ResultSet rows, ViewPlan plan, Meter meter, Connection connection)
      throws SQLException, Unanswered {
    try {
      return CountedRows.read(rows::next, () -> Entries.read(VALUES, rows, plan, 1), meter);
    } catch (Unanswered e) {
      discard(connection);
      throw e;
    } catch (SQLException e) {
      throw orTooLarge(e, connection);
    }
  }

  /**
   * Returns the exception; throws {@link Unanswered} instead if the exception says that a row is
   * too large.
   */
  private SQLException orTooLarge(SQLException e, Connection connection)
      throws SQLException, Unanswered {
    if (SqlErrors.isTooLarge(e)) {
      discard(connection);
      throw budget.tooLarge();
    }
    return e;
  }

  /** Ends a connection immediately. Closing the result would first read the rest of its rows. */
  private void discard(Connection connection) throws SQLException {
    connection.abort(Runnable::run);
    mysql.evictConnection(connection);
  }

  private static long total(Question question, MysqlQueries queries, Connection connection)
      throws SQLException {
    String sql =
        question.exact()
            ? queries.total(question.given())
            : queries.total(Question.TOTAL_CAP + 1, question.given());
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Binder binder = new Binder(VALUES, statement).of(question);
      binder.key();
      binder.bounds();
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private Unanswered unanswered(String view, SQLException e) {
    if (SqlErrors.isTimeout(e)) {
      return new Unanswered(
          Unanswered.Kind.TIMEOUT,
          "MySQL ended the query of view %s after %d ms".formatted(view, timeout.toMillis()));
    }
    if (SqlErrors.isConnection(e)) {
      availability.down(SqlErrors.why(e));
      return new Unanswered(
          Unanswered.Kind.SOURCE_UNAVAILABLE,
          "the projection cannot answer, and MySQL cannot be reached");
    }
    LOG.warn(
        "MySQL refuses the query of view {} (error {}: {}); correct the cause in MySQL",
        view,
        e.getErrorCode(),
        SqlErrors.oneLine(e));
    return new Unanswered(
        Unanswered.Kind.SOURCE_REFUSED,
        e instanceof SQLDataException
            ? "view %s: %s".formatted(view, e.getMessage())
            : "MySQL refuses the query of view %s (error %d)".formatted(view, e.getErrorCode()));
  }
}
