package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Meter;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Store;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.store.PageQuery;
import dev.freshet.store.PageSize;
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

  /** The maximum number of waits for a connection, each for the pool's timeout. */
  private static final int WAITS = 3;

  /** The maximum size of the results of a round trip, in bytes. */
  private static final long MOST_AT_ONCE = 4 * PageSize.SMALL;

  /** The maximum number of reads of a large page that grows between the reads. */
  private static final int MOST_READS = 3;

  private final DataSource postgres;
  private final PageQueries queries;
  private final Availability availability;
  private final ByteBudget budget;
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong warnedAt = new AtomicLong(System.nanoTime() - QUIET.toNanos());

  /**
   * Creates a store.
   *
   * @param budget the budget for reads without a request's {@link Meter}
   */
  PostgresStore(DataSource postgres, String schema, Availability availability, ByteBudget budget) {
    this.postgres = postgres;
    this.queries = new PageQueries(schema);
    this.availability = availability;
    this.budget = budget;
  }

  @Override
  public Reading read(Question question) throws Unavailable {
    return read(List.of(question)).get(0);
  }

  @Override
  public List<Reading> read(List<Question> questions) throws Unavailable {
    try (ByteBudget.Reservation bytes = budget.reserve()) {
      return read(questions, bytes);
    } catch (Unanswered e) {
      throw new Unavailable(e.getMessage(), e);
    }
  }

  /**
   * Reads all pages in one round trip, unless they may be large. The driver keeps all results of a
   * round trip in memory, so these are bounded: at first each page may have {@link PageSize#SMALL}
   * bytes; a larger page is only measured, and then read alone.
   */
  @Override
  public List<Reading> read(List<Question> questions, Meter meter) throws Unavailable, Unanswered {
    List<Reading> readings = new ArrayList<>();
    try {
      for (List<Question> slice : slices(questions)) {
        read(slice, meter, readings);
      }
    } catch (Unavailable e) {
      meter.add(-readings.stream().mapToLong(reading -> reading.page().bytes()).sum());
      throw e;
    }
    return readings;
  }

  private void read(List<Question> slice, Meter meter, List<Reading> readings)
      throws Unavailable, Unanswered {
    List<PageQuery.Page> pages = pages(slice, PageSize.SMALL);
    for (int i = 0; i < pages.size(); i++) {
      PageQuery.Page page = pages.get(i);
      Question question = slice.get(i);
      if (page.excess().isPresent()) {
        readings.add(readLarge(question, page.excess().get(), meter));
      } else {
        Reading reading = reading(question, page);
        meter.add(reading.page().bytes());
        readings.add(reading);
      }
    }
  }

  /** Splits questions so that the results of each part are at most {@link #MOST_AT_ONCE} bytes. */
  private List<List<Question>> slices(List<Question> questions) {
    List<List<Question>> slices = new ArrayList<>();
    List<Question> slice = new ArrayList<>();
    long bytes = 0;
    for (Question question : questions) {
      long most = queries.mostBytes(question);
      if (!slice.isEmpty() && bytes + most > MOST_AT_ONCE) {
        slices.add(slice);
        slice = new ArrayList<>();
        bytes = 0;
      }
      slice.add(question);
      bytes += most;
    }
    slices.add(slice);
    return slices;
  }

  private Reading readLarge(Question question, long bytes, Meter meter)
      throws Unavailable, Unanswered {
    long bound = bytes;
    for (int reads = 0; reads < MOST_READS; reads++) {
      meter.add(bound);
      PageQuery.Page page;
      try {
        page = pages(List.of(question), bound).get(0);
      } catch (Unavailable e) {
        meter.add(-bound);
        throw e;
      }
      if (page.excess().isEmpty()) {
        Reading reading = reading(question, page);
        meter.add(reading.page().bytes() - bound);
        return reading;
      }
      meter.add(-bound);
      bound = page.excess().get();
    }
    throw new Unavailable(
        "a page of view %s grew with each read".formatted(question.view().name()));
  }

  private List<PageQuery.Page> pages(List<Question> questions, long bound) throws Unavailable {
    ServedView view = questions.get(0).view();
    List<PageQuery> pageQueries = questions.stream().map(queries::query).toList();
    String sql =
        pageQueries.size() == 1
            ? pageQueries.get(0).sql()
            : pageQueries.stream().map(PageQuery::sql).collect(Collectors.joining(";\n"));
    try (Connection connection = connection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (int i = 0; i < pageQueries.size(); i++) {
        parameter = pageQueries.get(i).bind(statement, parameter, request(questions.get(i), bound));
      }
      List<PageQuery.Page> pages = new ArrayList<>();
      statement.execute();
      for (PageQuery query : pageQueries) {
        try (ResultSet rows = statement.getResultSet()) {
          pages.add(query.read(rows));
        }
        statement.getMoreResults();
      }
      answers.incrementAndGet();
      return pages;
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
   * Returns a connection. Waits longer while other requests get answers: the reader is busy then,
   * but the store is not down, so MySQL must not be queried for answers that the store has.
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

  private static PageQuery.Request request(Question question, long bound) {
    ServedView view = question.view();
    return new PageQuery.Request(
        question.key(),
        question.bounds(),
        question.after(),
        PageQueries.limit(question),
        view.job(),
        view.groupOf(question.key()),
        bound);
  }

  private static Reading reading(Question question, PageQuery.Page page) {
    return new Reading(
        page.progress(),
        page.invalid(),
        page.absent(),
        Page.of(question, page.entries(), page.total()));
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
