package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Store;
import dev.freshet.store.PageQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the projections in Postgres by {@link PageQuery}. */
final class PostgresStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);
  private static final Duration QUIET = Duration.ofMinutes(1);

  /** How many times to wait for a connection, each time for the pool's timeout. */
  private static final int WAITS = 3;

  private final DataSource postgres;
  private final String schema;
  private final Availability availability;
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong warnedAt = new AtomicLong(System.nanoTime() - QUIET.toNanos());

  PostgresStore(DataSource postgres, String schema, Availability availability) {
    this.postgres = postgres;
    this.schema = schema;
    this.availability = availability;
  }

  @Override
  public Reading read(Question question) throws Unavailable {
    return read(List.of(question)).get(0);
  }

  /** Reads all in one round trip. */
  @Override
  public List<Reading> read(List<Question> questions) throws Unavailable {
    ServedView view = questions.get(0).view();
    List<PageQuery> queries =
        questions.stream()
            .map(
                question ->
                    new PageQuery(
                        view.plan(), schema, view.generation(), question.after().isPresent()))
            .toList();
    String sql = queries.stream().map(PageQuery::sql).collect(Collectors.joining(";\n"));
    try (Connection connection = connection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (int i = 0; i < queries.size(); i++) {
        parameter = queries.get(i).bind(statement, parameter, request(questions.get(i)));
      }
      List<Reading> readings = new ArrayList<>();
      statement.execute();
      for (int i = 0; i < queries.size(); i++) {
        try (ResultSet rows = statement.getResultSet()) {
          readings.add(reading(questions.get(i), queries.get(i).read(rows)));
        }
        statement.getMoreResults();
      }
      answers.incrementAndGet();
      return readings;
    } catch (SQLException e) {
      if (SqlErrors.isConnection(e)) {
        availability.down(SqlErrors.why(e));
      } else {
        warn(view, e);
      }
      throw new Unavailable(e.getMessage(), e);
    }
  }

  /**
   * Waits longer for a connection while other requests get answers: then the reader is busy and the
   * store is not down, and MySQL must not be asked for what the store has.
   */
  private Connection connection() throws SQLException {
    for (int waits = 1; ; waits++) {
      long before = answers.get();
      try {
        return postgres.getConnection();
      } catch (SQLTransientConnectionException e) {
        if (answers.get() == before) {
          throw e;
        }
        if (waits == WAITS) {
          throw new SQLException(
              "no connection became free; raise reader.store-connections or add a reader", e);
        }
      }
    }
  }

  /** Requests one entry more than the page has, which shows whether another page follows. */
  private static PageQuery.Request request(Question question) {
    ServedView view = question.view();
    return new PageQuery.Request(
        question.key(),
        question.after(),
        question.limit() + 1,
        view.job(),
        view.groupOf(question.key()));
  }

  private static Reading reading(Question question, PageQuery.Page page) {
    return new Reading(
        page.progress(),
        page.invalid(),
        page.absent(),
        Page.of(question.view().plan(), page.entries(), question.limit(), page.total()));
  }

  /** Logs at most one line a minute, because every request may fail. */
  private void warn(ServedView view, SQLException e) {
    long now = System.nanoTime();
    long last = warnedAt.get();
    if (now - last >= QUIET.toNanos() && warnedAt.compareAndSet(last, now)) {
      LOG.warn(
          "Postgres failed for view {} generation {} (state {}: {}): MySQL answers; check the store"
              + " if this recurs",
          view.name(),
          view.generation(),
          e.getSQLState(),
          SqlErrors.oneLine(e));
    }
  }
}
