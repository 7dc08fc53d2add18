package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import dev.freshet.reader.answer.Doubt;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.Progress;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Store;
import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.PostgresTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The projections in Postgres. Progress, page and total of a key come from one statement, hence
 * from one moment: an answer cannot have the rows of one version and the name of another.
 */
final class PostgresStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);
  private static final Duration QUIET = Duration.ofMinutes(1);

  /** How often a connection is waited for, each time as long as the pool waits. */
  private static final int WAITS = 3;

  private static final JdbcValues VALUES = JdbcValues.POSTGRES;

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

  /** In one round trip. */
  @Override
  public List<Reading> read(List<Question> questions) throws Unavailable {
    ServedView view = questions.get(0).view();
    PostgresTables tables = new PostgresTables(view.plan(), schema, view.generation());
    String sql =
        questions.stream()
            .map(question -> tables.page(question.after().isPresent()))
            .collect(Collectors.joining(";\n"));
    try (Connection connection = connection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      Binder binder = new Binder(VALUES, statement);
      for (Question question : questions) {
        bind(binder.of(question), question);
      }
      List<Reading> readings = new ArrayList<>();
      statement.execute();
      for (Question question : questions) {
        try (ResultSet rows = statement.getResultSet()) {
          readings.add(reading(question, rows));
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
   * While others have answers it is the reader that is busy, not the store that is away, and MySQL
   * is not to be asked what the store has.
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
              "no connection came free; raise FRESHET_READER_STORE_CONNECTIONS or add a reader", e);
        }
      }
    }
  }

  private static void bind(Binder binder, Question question) throws SQLException {
    binder.key();
    binder.text(question.view().name());
    binder.text(question.view().name());
    binder.text(question.view().name());
    binder.key();
    binder.after();
    binder.number(question.limit() + 1);
    binder.key();
    int group = question.view().groupOf(question.key());
    binder.text(question.view().job());
    binder.number(group);
    binder.number(group);
  }

  private static Reading reading(Question question, ResultSet rows) throws SQLException {
    ViewPlan plan = question.view().plan();
    Optional<Progress> progress = Optional.empty();
    Optional<Reason> invalid = Optional.empty();
    List<Object[]> entries = new ArrayList<>();
    boolean absent = false;
    long total = 0;
    while (rows.next()) {
      if (progress.isEmpty()) {
        OffsetDateTime asOf = rows.getObject("as_of", OffsetDateTime.class);
        progress =
            Optional.of(
                new Progress(
                    rows.getLong("version"),
                    rows.getString("gtid_set"),
                    Optional.ofNullable(asOf).map(OffsetDateTime::toInstant),
                    notServed(rows),
                    Objects.requireNonNullElse(rows.getString("store"), ""),
                    rows.getLong("rebuilt") > 0));
        invalid = Optional.ofNullable(rows.getString("reason")).map(Reason::of);
        absent = rows.getBoolean("absent");
        total = rows.getLong("total");
      }
      if (rows.getBoolean("present")) {
        entries.add(Entries.read(VALUES, rows, plan, PostgresTables.firstOutput()));
      }
    }
    return new Reading(progress, invalid, absent, Page.of(plan, entries, question.limit(), total));
  }

  private static Optional<Doubt> notServed(ResultSet rows) throws SQLException {
    if (!rows.getBoolean("handed_over")) {
      return Optional.of(Doubt.BUILDING);
    }
    return Optional.ofNullable(rows.getString("rebuilding")).map(Doubt::new);
  }

  /** Not more than a line a minute: every request may come here. */
  private void warn(ServedView view, SQLException e) {
    long now = System.nanoTime();
    long last = warnedAt.get();
    if (now - last >= QUIET.toNanos() && warnedAt.compareAndSet(last, now)) {
      LOG.warn(
          "Postgres gave no answer for view {} generation {} (state {}: {}): MySQL answers; look at"
              + " the store if this comes again",
          view.name(),
          view.generation(),
          e.getSQLState(),
          SqlErrors.oneLine(e));
    }
  }
}
