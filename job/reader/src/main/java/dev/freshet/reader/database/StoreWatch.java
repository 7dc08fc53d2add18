package dev.freshet.reader.database;

import static dev.freshet.store.StoreTables.orIfMissing;

import dev.freshet.reader.Defects;
import dev.freshet.reader.PeriodicTask;
import dev.freshet.reader.StoreFigures;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Views;
import dev.freshet.store.BacklogTable;
import dev.freshet.store.CatalogueTable;
import dev.freshet.store.ChangeCounts;
import dev.freshet.store.CountsTable;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.store.ProgressTable;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import dev.freshet.store.VerificationTable;
import dev.freshet.store.ViewFigures;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads figures about views and jobs from the store every three seconds, in a background thread,
 * and passes them on; {@link StoreFigures#NONE} if the store does not answer. Figures that an older
 * store lacks are left out. It uses one of the reader's connections for a few small statements.
 */
final class StoreWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);
  private static final Defects DEFECTS = new Defects(LOG);
  private static final Duration PERIOD = Duration.ofSeconds(3);

  /** The maximum number of a view's keys that are counted, so that a read stays cheap. */
  private static final int MOST_KEYS = 100_000;

  /**
   * The minimum time between two counts of a view's entries. A count reads up to 200,000 of them;
   * therefore one read of the figures counts one view at most, after it has passed the figures on.
   */
  private static final Duration COUNTED = Duration.ofMinutes(1);

  private static final String QUERY_CANCELED = "57014";

  private final DataSource postgres;
  private final String schema;
  private final Views views;
  private final Consumer<StoreFigures> receiver;
  private final PeriodicTask looks;

  /** The last counts; used only by the thread. */
  private final Map<Generation, StoreFigures.Size> sizes = new HashMap<>();

  /** When the views were counted, also if their tables were missing; used only by the thread. */
  private final Map<Generation, Instant> counted = new HashMap<>();

  private record Generation(String view, int number) {
    static Generation of(ServedView view) {
      return new Generation(view.name(), view.generation());
    }
  }

  StoreWatch(DataSource postgres, String schema, Views views, Consumer<StoreFigures> receiver) {
    this.postgres = postgres;
    this.schema = schema;
    this.views = views;
    this.receiver = receiver;
    this.looks = PeriodicTask.start("store-watch", Duration.ZERO, PERIOD, this::look);
  }

  @Override
  public void close() {
    looks.close();
  }

  private void look() {
    try (Connection connection = postgres.getConnection()) {
      receiver.accept(read(connection));
      countOne(connection);
    } catch (SQLException e) {
      // CatalogueViews logs that the store does not answer.
      receiver.accept(StoreFigures.NONE);
    } catch (RuntimeException e) {
      DEFECTS.log("Reading the store's figures failed", e);
      receiver.accept(StoreFigures.NONE);
    }
  }

  private StoreFigures read(Connection connection) throws SQLException {
    Map<StoreFigures.Of, Long> changes = new HashMap<>();
    Map<String, Boolean> invalidViews = new HashMap<>();
    Map<String, StoreFigures.Backlog> backlogs = new HashMap<>();
    Map<String, Optional<Instant>> asOf = new HashMap<>();
    Map<String, StoreFigures.ViewState> states = new HashMap<>();
    Map<String, List<RangeProgress>> shown = new HashMap<>();
    Map<String, RebuildsTable.Rebuild> rebuilds = new HashMap<>();
    Instant at = Instant.now();
    List<CatalogueTable.Entry> entries =
        orIfMissing(List.of(), () -> new CatalogueTable(schema).active(connection));
    Optional<Map<String, List<RangeProgress>>> progress =
        orIfMissing(
            Optional.empty(), () -> Optional.of(new ProgressTable(schema).ranges(connection)));
    for (String job : entries.stream().map(CatalogueTable.Entry::job).distinct().toList()) {
      Map<String, ChangeCounts> counts =
          orIfMissing(Map.of(), () -> new CountsTable(schema).sums(connection, job));
      for (CatalogueTable.Entry entry : entries) {
        if (entry.job().equals(job) && counts.containsKey(entry.view())) {
          add(changes, entry.view(), counts.get(entry.view()));
        }
      }
      orIfMissing(
              Optional.<BacklogTable.Waiting>empty(),
              () -> new BacklogTable(schema).read(connection, job))
          .ifPresent(
              waiting ->
                  backlogs.put(job, new StoreFigures.Backlog(waiting.waiting(), waiting.oldest())));
      orIfMissing(
              List.<RebuildsTable.Rebuild>of(),
              () -> new RebuildsTable(schema).open(connection, job))
          .forEach(rebuild -> rebuilds.put(rebuild.view(), rebuild));
    }
    for (CatalogueTable.Entry entry : entries) {
      progress.ifPresent(
          of -> {
            List<RangeProgress> ranges = of.getOrDefault(entry.job(), List.of());
            invalidViews.put(
                entry.view(),
                ranges.stream().anyMatch(range -> range.invalid().containsKey(entry.view())));
            states.put(entry.view(), state(entry.view(), ranges));
            if (!ranges.isEmpty()) {
              shown.put(entry.job(), ranges);
              asOf.put(entry.job(), RangeProgress.asOf(ranges));
            }
          });
    }
    return new StoreFigures(
        changes,
        invalidKeys(connection),
        invalidViews,
        backlogs,
        asOf,
        verifications(connection),
        Optional.of(at),
        states,
        shown,
        rebuilds,
        sizes());
  }

  /** A view is served as a whole only if each writer serves its part. */
  private static StoreFigures.ViewState state(String view, List<RangeProgress> ranges) {
    if (ranges.isEmpty()) {
      return new StoreFigures.ViewState(
          KeyState.BUILDING, Optional.of(FallbackReason.BUILDING.wireName()));
    }
    for (RangeProgress range : ranges) {
      Optional<FallbackReason> hidden = range.of(view, "").hidden();
      if (hidden.isPresent()) {
        return new StoreFigures.ViewState(KeyState.BUILDING, hidden.map(FallbackReason::wireName));
      }
    }
    for (RangeProgress range : ranges) {
      if (range.invalid().containsKey(view)) {
        return new StoreFigures.ViewState(KeyState.INVALID, Optional.of(range.invalid().get(view)));
      }
    }
    return new StoreFigures.ViewState(KeyState.VALID, Optional.empty());
  }

  private Map<String, StoreFigures.Size> sizes() {
    Map<String, StoreFigures.Size> current = new HashMap<>();
    for (ServedView view : views()) {
      StoreFigures.Size size = sizes.get(Generation.of(view));
      if (size != null) {
        current.put(view.name(), size);
      }
    }
    return current;
  }

  /**
   * Counts the view whose count is the oldest, if that is due. If it cannot be counted, its last
   * count stays.
   */
  private void countOne(Connection connection) {
    List<ServedView> views = views();
    counted.keySet().retainAll(views.stream().map(Generation::of).toList());
    sizes.keySet().retainAll(counted.keySet());
    Instant now = Instant.now();
    Optional<ServedView> due =
        views.stream()
            .filter(view -> !lastCount(view).plus(COUNTED).isAfter(now))
            .min(Comparator.comparing(this::lastCount));
    if (due.isEmpty()) {
      return;
    }
    Generation generation = Generation.of(due.get());
    counted.put(generation, now);
    ViewFigures figures = new ViewFigures(due.get().plan(), schema, due.get().generation());
    try {
      orIfMissing(Optional.<ViewFigures.Size>empty(), () -> Optional.of(size(figures, connection)))
          .ifPresent(
              size ->
                  sizes.put(
                      generation,
                      new StoreFigures.Size(size.keys(), size.entries(), size.estimated(), now)));
    } catch (SQLException e) {
      LOG.warn(
          "View {}: its keys and entries cannot be counted ({}); the reader counts them again in a"
              + " minute",
          generation.view(),
          SqlErrors.oneLine(e));
    } catch (RuntimeException e) {
      DEFECTS.log("Counting the entries of view " + generation.view() + " failed", e);
    }
  }

  private Instant lastCount(ServedView view) {
    return counted.getOrDefault(Generation.of(view), Instant.EPOCH);
  }

  /** Counts, or estimates where counting takes longer than the reader lets a statement take. */
  private static ViewFigures.Size size(ViewFigures figures, Connection connection)
      throws SQLException {
    try {
      return figures.size(connection);
    } catch (SQLException e) {
      if (QUERY_CANCELED.equals(e.getSQLState())) {
        return figures.estimate(connection);
      }
      throw e;
    }
  }

  private Map<StoreFigures.Of, Long> invalidKeys(Connection connection) throws SQLException {
    Map<StoreFigures.Of, Long> invalidKeys = new HashMap<>();
    for (ServedView view : views()) {
      ViewFigures figures = new ViewFigures(view.plan(), schema, view.generation());
      orIfMissing(Map.<String, Long>of(), () -> figures.invalidKeys(connection, MOST_KEYS))
          .forEach(
              (reason, keys) -> invalidKeys.put(new StoreFigures.Of(view.name(), reason), keys));
    }
    return invalidKeys;
  }

  private static void add(Map<StoreFigures.Of, Long> changes, String view, ChangeCounts counts) {
    changes.put(new StoreFigures.Of(view, "applied"), counts.applied());
    changes.put(new StoreFigures.Of(view, "superseded"), counts.superseded());
    changes.put(new StoreFigures.Of(view, "waiting"), counts.waiting());
    changes.put(new StoreFigures.Of(view, "dead"), counts.dead());
  }

  private Map<String, StoreFigures.Verification> verifications(Connection connection)
      throws SQLException {
    Map<String, StoreFigures.Verification> verifications = new HashMap<>();
    orIfMissing(
            Map.<String, VerificationTable.Result>of(),
            () -> new VerificationTable(schema).read(connection))
        .forEach(
            (view, result) ->
                verifications.put(
                    view,
                    new StoreFigures.Verification(
                        result.at(),
                        Map.of(
                            "verified", result.verified(),
                            "inconclusive", result.inconclusive(),
                            "mismatched", result.mismatched(),
                            "not-served", result.notServed()),
                        result.open().size())));
    return verifications;
  }

  private List<ServedView> views() {
    List<ServedView> served = new ArrayList<>();
    for (String name : views.names()) {
      try {
        views.find(name).ifPresent(served::add);
      } catch (Views.NotServed e) {
        // CatalogueViews has logged why.
      }
    }
    return served;
  }
}
