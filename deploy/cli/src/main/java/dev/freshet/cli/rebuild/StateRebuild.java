package dev.freshet.cli.rebuild;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.store.CatalogueTable;
import dev.freshet.store.FaultsTable;
import dev.freshet.store.RebuildsTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Requests a running job to rebuild views from its state, and waits for it. Not thread-safe. */
public final class StateRebuild implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration REPORT_INTERVAL = Duration.ofSeconds(5);

  private final Config config;
  private final RebuildsTable rebuilds;
  private final Connection store;
  private final Consumer<String> out;

  private StateRebuild(Config config, Connection store, Consumer<String> out) {
    this.config = config;
    this.store = store;
    this.out = out;
    this.rebuilds = new RebuildsTable(config.store().schema());
  }

  /**
   * Connects to the store.
   *
   * @param out receives lines of progress
   */
  public static StateRebuild open(Config config, Consumer<String> out) {
    try {
      return new StateRebuild(config, Databases.postgres(config.store()), out);
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /** Returns the views that the job maintains. */
  public List<String> views() {
    try {
      return new CatalogueTable(config.store().schema())
          .active(store).stream()
              .filter(entry -> entry.job().equals(config.job().name()))
              .map(CatalogueTable.Entry::view)
              .toList();
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /**
   * Requests the rebuild of views; rebuilds that are running continue.
   *
   * @throws Failure if the job does not maintain a view, or a view is permanently INVALID
   */
  public void ask(Collection<String> views) {
    List<String> known = views();
    for (String view : views) {
      if (!known.contains(view)) {
        throw new Failure(
            "View %s: job %s does not maintain it in store %s; it maintains %s"
                .formatted(
                    view, config.job().name(), config.store(), known.isEmpty() ? "none" : known));
      }
    }
    Map<String, String> faults = faults();
    for (String view : views) {
      if (faults.containsKey(view)) {
        throw new Failure(
            "View %s: it is permanently INVALID, and a rebuild from state does not change that. %s"
                .formatted(view, faults.get(view)));
      }
    }
    try {
      rebuilds.ask(store, config.job().name(), views);
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /** Returns the views of the job that can be rebuilt, and prints the names of the others. */
  public List<String> following() {
    Map<String, String> faults = faults();
    faults
        .keySet()
        .forEach(view -> out.accept("left out: " + view + ", which is permanently INVALID"));
    List<String> following = views().stream().filter(view -> !faults.containsKey(view)).toList();
    if (following.isEmpty()) {
      throw new Failure(
          "Job %s: none of its views in store %s can be rebuilt"
              .formatted(config.job().name(), config.store()));
    }
    return following;
  }

  /**
   * Returns the faults of views that are no longer maintained, for which the job's state is
   * outdated.
   */
  private Map<String, String> faults() {
    try {
      Map<String, String> faults = new TreeMap<>();
      new FaultsTable(config.store().schema())
          .read(store, config.job().name())
          .forEach((view, fault) -> faults.put(view, fault.message()));
      return faults;
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /**
   * Waits until views are rebuilt and served again. Prints the progress, and the job's state if it
   * does not run.
   *
   * @param state returns the job's state in Flink
   * @return false if the time was up before
   */
  public boolean await(
      Collection<String> views, Duration patience, Supplier<Optional<String>> state)
      throws InterruptedException {
    Instant end = Instant.now().plus(patience);
    Instant reportedAt = Instant.EPOCH;
    while (true) {
      List<RebuildsTable.Rebuild> open = open(views);
      if (open.isEmpty()) {
        return true;
      }
      Instant now = Instant.now();
      if (now.isAfter(reportedAt.plus(REPORT_INTERVAL))) {
        out.accept(print(open, now));
        state
            .get()
            .filter(each -> !each.equals("RUNNING"))
            .ifPresent(each -> out.accept("the job is " + each + "; freshet status shows why"));
        reportedAt = now;
      }
      if (now.isAfter(end)) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(PERIOD.toMillis());
    }
  }

  private List<RebuildsTable.Rebuild> open(Collection<String> views) {
    try {
      return rebuilds.open(store, config.job().name()).stream()
          .filter(rebuild -> views.contains(rebuild.view()))
          .toList();
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  private static String print(List<RebuildsTable.Rebuild> open, Instant now) {
    String views = open.stream().map(RebuildsTable.Rebuild::view).collect(Collectors.joining(", "));
    return "rebuilding " + views + ": " + RebuildText.progress(open.get(0), now);
  }

  @Override
  public void close() {
    try {
      store.close();
    } catch (SQLException e) {
      out.accept("closing the store's connection failed: " + e.getMessage());
    }
  }
}
