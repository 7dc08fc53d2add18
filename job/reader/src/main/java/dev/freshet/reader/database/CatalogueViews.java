package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import dev.freshet.reader.Defects;
import dev.freshet.reader.PeriodicTask;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Views;
import dev.freshet.store.CatalogueTable;
import dev.freshet.store.StoreTables;
import dev.freshet.view.declare.StoredDeclaration;
import dev.freshet.view.form.OneLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The views of the store's catalogue, held in memory.
 *
 * <p>The catalogue is read every second, and when a request names an unknown view. Each declaration
 * and generation is planned once. While the store is down the views that were read last are kept,
 * so that MySQL can answer. If this reader cannot plan a declaration, it does not serve that view.
 * A store without a catalogue has no views.
 */
public final class CatalogueViews implements Views, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogueViews.class);
  private static final Defects DEFECTS = new Defects(LOG);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /** The minimum time between two reads of the catalogue because of views without a plan. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** How long a request for a view without a plan waits for a read that has been started. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final DataSource postgres;
  private final Availability availability;
  private final CatalogueTable catalogue;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Optional<Map<String, Registered>> views = Optional.empty();
  private Optional<PeriodicTask> refreshes = Optional.empty();

  /** Guarded by the lock. */
  private long lookedAt = System.nanoTime() - PAUSE.toNanos();

  /**
   * A catalogue entry, and the view made of it or the reason why there is none.
   *
   * @param planned whether the reader has tried to plan the entry
   */
  private record Registered(
      CatalogueTable.Entry entry, boolean planned, Optional<ServedView> view, String problem) {
    private static Registered unplanned(CatalogueTable.Entry entry) {
      return new Registered(
          entry,
          false,
          Optional.empty(),
          "view %s is not planned yet; try again".formatted(entry.view()));
    }

    private boolean isPlanOf(CatalogueTable.Entry other) {
      return planned && entry.equals(other);
    }
  }

  public CatalogueViews(DataSource postgres, String schema, Availability availability) {
    this.postgres = postgres;
    this.availability = availability;
    this.catalogue = new CatalogueTable(schema);
  }

  /** Reads the catalogue if the store answers, and starts reading it every second. */
  public void start() {
    refresh();
    refreshes = Optional.of(PeriodicTask.start("catalogue", PERIOD, PERIOD, this::refresh));
  }

  @Override
  public void close() {
    refreshes.ifPresent(PeriodicTask::close);
  }

  @Override
  public Optional<ServedView> find(String name) throws NotServed {
    Registered registered = known().get(name);
    if (registered == null || !registered.planned()) {
      lookAgain();
      registered = known().get(name);
    }
    if (registered == null) {
      if (views.isEmpty()) {
        throw new NotServed(
            "the list of views is not known yet, because Postgres has not answered; try again");
      }
      return Optional.empty();
    }
    if (registered.view().isEmpty()) {
      throw new NotServed(registered.problem());
    }
    return registered.view();
  }

  @Override
  public Optional<String> declaration(String name) {
    return Optional.ofNullable(known().get(name)).map(known -> known.entry().declaration());
  }

  @Override
  public Collection<String> names() {
    return known().keySet();
  }

  /** Whether the catalogue has been read, and the reader has tried to plan each of its views. */
  public boolean isRead() {
    return views.isPresent() && known().values().stream().allMatch(Registered::planned);
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
      List<CatalogueTable.Entry> entries = read();
      availability.up();
      register(entries);
    } catch (SQLException e) {
      if (StoreTables.isMissing(e)) {
        // The job creates lost tables again; until then MySQL answers the known views.
        views = Optional.of(known());
        availability.up();
      } else {
        availability.down(SqlErrors.why(e));
      }
    } catch (RuntimeException e) {
      DEFECTS.log("Reading the catalogue failed", e);
    } finally {
      looking.unlock();
    }
  }

  private List<CatalogueTable.Entry> read() throws SQLException {
    try (Connection connection = postgres.getConnection()) {
      return catalogue.active(connection);
    }
  }

  /**
   * Replaces the views by those of these entries. Each view is served as soon as it is planned,
   * because the first plan loads many classes, and a busy machine takes long to plan them all.
   */
  private void register(List<CatalogueTable.Entry> entries) {
    Map<String, Registered> now = new TreeMap<>();
    List<CatalogueTable.Entry> changed = new ArrayList<>();
    for (CatalogueTable.Entry entry : entries) {
      Registered before = known().get(entry.view());
      if (before == null || !before.isPlanOf(entry)) {
        changed.add(entry);
      }
      // The previous generation of a view is served until the new one is planned.
      now.put(entry.view(), before == null ? Registered.unplanned(entry) : before);
    }
    publish(now);
    for (CatalogueTable.Entry entry : changed) {
      now.put(entry.view(), plan(entry));
      publish(now);
    }
  }

  private void publish(Map<String, Registered> now) {
    views = Optional.of(Collections.unmodifiableMap(new TreeMap<>(now)));
  }

  /** Never throws, so that a bad entry does not prevent the reader from serving the other views. */
  private static Registered plan(CatalogueTable.Entry entry) {
    try {
      ServedView view =
          new ServedView(
              StoredDeclaration.plan(entry.declaration(), entry.tables()),
              entry.generation(),
              entry.job(),
              entry.keyGroups());
      LOG.info(
          "View {} is served from generation {}", OneLine.of(entry.view()), entry.generation());
      return new Registered(entry, true, Optional.of(view), "");
    } catch (RuntimeException e) {
      String problem =
          ("view %s cannot be served: this reader does not understand its declaration (%s);"
                  + " run a reader of the job's version")
              .formatted(entry.view(), OneLine.of(e.getMessage()));
      LOG.error("{}", OneLine.of(problem, 1_000));
      return new Registered(entry, true, Optional.empty(), problem);
    }
  }
}
