package dev.freshet.reader.database;

import dev.freshet.reader.StoreFigures;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Views;
import dev.freshet.view.sql.PostgresTables;
import dev.freshet.view.sql.VerificationTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the store every three seconds, in a thread of its own, and tells what it says of its
 * views and jobs: nothing when it does not answer. What is missing of an older store is passed
 * over. It takes one of the reader's connections for as long as a few small statements need.
 */
final class StoreWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(3);
  private static final String UNDEFINED_TABLE = "42P01";

  /** More keys of a view are not counted, so that a look stays cheap. */
  private static final int MOST_KEYS = 100_000;

  private final DataSource postgres;
  private final String schema;
  private final String quoted;
  private final Views views;
  private final Consumer<StoreFigures> told;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "store-watch");
            made.setDaemon(true);
            return made;
          });

  /** Reads one result. */
  private interface Rows {
    void read(ResultSet row) throws SQLException;
  }

  StoreWatch(DataSource postgres, String schema, Views views, Consumer<StoreFigures> told) {
    this.postgres = postgres;
    this.schema = schema;
    this.quoted = "\"%s\"".formatted(schema.replace("\"", "\"\""));
    this.views = views;
    this.told = told;
    var unused =
        thread.scheduleWithFixedDelay(this::look, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private void look() {
    try (Connection connection = postgres.getConnection();
        Statement statement = connection.createStatement()) {
      told.accept(read(statement));
    } catch (SQLException e) {
      // Whoever reads the catalogue says in the log that the store does not answer.
      told.accept(StoreFigures.NONE);
    } catch (RuntimeException e) {
      LOG.error("The store's figures were not read; this is a defect of the reader", e);
      told.accept(StoreFigures.NONE);
    }
  }

  private StoreFigures read(Statement statement) throws SQLException {
    Map<StoreFigures.Of, Long> changes = new HashMap<>();
    rows(
        statement,
        "SELECT c.view, sum(c.applied), sum(c.superseded), sum(c.waiting), sum(c.dead) FROM SCHEMA.counts c"
            + " JOIN SCHEMA.catalogue k ON k.active AND k.view = c.view AND k.job = c.job GROUP BY c.view",
        row -> {
          String view = row.getString(1);
          changes.put(new StoreFigures.Of(view, "applied"), row.getLong(2));
          changes.put(new StoreFigures.Of(view, "superseded"), row.getLong(3));
          changes.put(new StoreFigures.Of(view, "waiting"), row.getLong(4));
          changes.put(new StoreFigures.Of(view, "dead"), row.getLong(5));
        });
    Map<String, Boolean> invalidViews = new HashMap<>();
    rows(
        statement,
        "SELECT k.view, EXISTS (SELECT 1 FROM SCHEMA.progress p WHERE p.job = k.job"
            + " AND k.view = ANY (p.invalid)) FROM SCHEMA.catalogue k WHERE k.active",
        row -> invalidViews.put(row.getString(1), row.getBoolean(2)));
    Map<String, Optional<Instant>> asOf = new HashMap<>();
    rows(
        statement,
        "SELECT job, CASE WHEN count(as_of) = count(*) THEN min(as_of) END FROM SCHEMA.progress"
            + " WHERE job IN (SELECT job FROM SCHEMA.catalogue WHERE active) GROUP BY job",
        row -> asOf.put(row.getString(1), instant(row, 2)));
    Map<String, StoreFigures.Backlog> backlogs = new HashMap<>();
    rows(
        statement,
        "SELECT job, waiting, oldest FROM SCHEMA.backlog"
            + " WHERE job IN (SELECT job FROM SCHEMA.catalogue WHERE active)",
        row ->
            backlogs.put(
                row.getString(1), new StoreFigures.Backlog(row.getLong(2), instant(row, 3))));
    return new StoreFigures(
        changes, invalidKeys(statement), invalidViews, backlogs, asOf, verifications(statement));
  }

  private Map<String, StoreFigures.Verification> verifications(Statement statement)
      throws SQLException {
    Map<String, StoreFigures.Verification> verifications = new HashMap<>();
    rows(
        statement,
        new VerificationTable(schema).select(),
        row ->
            verifications.put(
                row.getString("view"),
                new StoreFigures.Verification(
                    row.getObject("at", OffsetDateTime.class).toInstant(),
                    Map.of(
                        "verified", row.getLong("verified"),
                        "inconclusive", row.getLong("inconclusive"),
                        "mismatched", row.getLong("mismatched"),
                        "not-served", row.getLong("not_served")),
                    row.getLong("mismatches"))));
    return verifications;
  }

  private Map<StoreFigures.Of, Long> invalidKeys(Statement statement) throws SQLException {
    Map<StoreFigures.Of, Long> keys = new HashMap<>();
    for (String view : views.names()) {
      Optional<ServedView> served = served(view);
      if (served.isPresent()) {
        String table =
            new PostgresTables(served.get().plan(), schema, served.get().generation()).keys();
        rows(
            statement,
            "SELECT reason, count(*) FROM (SELECT reason FROM "
                + table
                + " WHERE reason IS NOT NULL LIMIT "
                + MOST_KEYS
                + ") k GROUP BY reason",
            row -> keys.put(new StoreFigures.Of(view, row.getString(1)), row.getLong(2)));
      }
    }
    return keys;
  }

  private Optional<ServedView> served(String view) {
    try {
      return views.find(view);
    } catch (Views.NotServed e) {
      return Optional.empty();
    }
  }

  private void rows(Statement statement, String sql, Rows each) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql.replace("SCHEMA", quoted))) {
      while (rows.next()) {
        each.read(rows);
      }
    } catch (SQLException e) {
      if (!UNDEFINED_TABLE.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
