package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Views;
import dev.freshet.store.CatalogueTable;
import dev.freshet.store.StoreTables;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.Planner;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The views of the store's catalogue, held in memory.
 *
 * <p>The catalogue is read every second and whenever an unknown name is asked for; a plan is made
 * once per declaration and generation. While the store is down what was read last stays, so that
 * MySQL can answer. A view whose declaration this reader cannot plan is not served; the others are.
 * A store without a catalogue has no views.
 */
public final class CatalogueViews implements Views, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogueViews.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** How soon after a look-up for an unknown name the next may ask the store. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** How long who asks for an unknown name waits for the look of somebody else. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final DataSource postgres;
  private final Availability availability;
  private final CatalogueTable catalogue;
  private final ScheduledExecutorService refresher =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("catalogue"));
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Optional<Map<String, Registered>> views = Optional.empty();

  /** Of who holds the lock. */
  private long lookedAt = System.nanoTime() - PAUSE.toNanos();

  /** An entry of the catalogue and what came of it: a view, or why there is none. */
  private record Registered(
      CatalogueTable.Entry entry, Optional<ServedView> view, String problem) {}

  public CatalogueViews(DataSource postgres, String schema, Availability availability) {
    this.postgres = postgres;
    this.availability = availability;
    this.catalogue = new CatalogueTable(schema);
  }

  /** Reads the catalogue, if the store answers, and goes on doing so. */
  public void start() {
    refresh();
    long period = PERIOD.toMillis();
    var unused =
        refresher.scheduleWithFixedDelay(this::refresh, period, period, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    refresher.shutdownNow();
  }

  @Override
  public Optional<ServedView> find(String name) throws NotServed {
    Registered registered = known().get(name);
    if (registered == null) {
      lookAgain();
      registered = known().get(name);
    }
    if (registered == null) {
      if (views.isEmpty()) {
        throw new NotServed(
            "the list of views is not known yet: Postgres has not answered so far; try again");
      }
      return Optional.empty();
    }
    if (registered.view().isEmpty()) {
      throw new NotServed(registered.problem());
    }
    return registered.view();
  }

  @Override
  public Collection<String> names() {
    return known().keySet();
  }

  /** Whether the catalogue was ever read. */
  public boolean isRead() {
    return views.isPresent();
  }

  private Map<String, Registered> known() {
    return views.orElse(Map.of());
  }

  private void lookAgain() {
    try {
      if (!looking.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      if (System.nanoTime() - lookedAt >= PAUSE.toNanos()) {
        refresh();
        lookedAt = System.nanoTime();
      }
    } finally {
      looking.unlock();
    }
  }

  private void refresh() {
    looking.lock();
    try {
      views = Optional.of(read());
      availability.up();
    } catch (SQLException e) {
      if (StoreTables.isMissing(e)) {
        // A store that lost its tables gets them back; MySQL answers what is known until then.
        views = Optional.of(known());
        availability.up();
      } else {
        availability.down(SqlErrors.why(e));
      }
    } catch (RuntimeException e) {
      LOG.error("The catalogue was not read; this is a defect of the reader", e);
    } finally {
      looking.unlock();
    }
  }

  private Map<String, Registered> read() throws SQLException {
    Map<String, Registered> before = known();
    Map<String, Registered> now = new TreeMap<>();
    try (Connection connection = postgres.getConnection()) {
      for (CatalogueTable.Entry entry : catalogue.active(connection)) {
        Registered known = before.get(entry.view());
        boolean same = known != null && known.entry().equals(entry);
        now.put(entry.view(), same ? known : register(entry));
      }
    }
    return now;
  }

  /** Whatever one entry has in it, the other views must be served. */
  private static Registered register(CatalogueTable.Entry entry) {
    try {
      ServedView view =
          new ServedView(
              Planner.plan(entry.declaration(), CatalogueJson.read(entry.tables())),
              entry.generation(),
              entry.job(),
              entry.keyGroups());
      LOG.info("View {} is served from generation {}", entry.view(), entry.generation());
      return new Registered(entry, Optional.of(view), "");
    } catch (RuntimeException e) {
      String problem =
          "view %s cannot be served: this reader does not understand its declaration (%s)"
              .formatted(entry.view(), e.getMessage());
      LOG.error("{}; run a reader of the job's version", problem);
      return new Registered(entry, Optional.empty(), problem);
    }
  }
}
