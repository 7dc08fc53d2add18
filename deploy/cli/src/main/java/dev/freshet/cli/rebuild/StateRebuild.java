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

/** Asks a running job to rebuild views from its state, and follows it. One thread. */
public final class StateRebuild implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration SAID_AGAIN = Duration.ofSeconds(5);

  private final Config config;
  private final RebuildsTable rebuilds;
  private final Connection store;
  private final Consumer<String> said;

  private StateRebuild(Config config, Connection store, Consumer<String> said) {
    this.config = config;
    this.store = store;
    this.said = said;
    this.rebuilds = new RebuildsTable(config.store().schema());
  }

  /**
   * Connects to the store.
   *
   * @param said hears what is done
   */
  public static StateRebuild open(Config config, Consumer<String> said) {
    try {
      return new StateRebuild(config, Databases.postgres(config.store()), said);
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /** The views that the job keeps. */
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

  /** Asks for views; those that are being rebuilt go on. */
  public void ask(Collection<String> views) {
    List<String> known = views();
    for (String view : views) {
      if (!known.contains(view)) {
        throw new Failure(
            "View %s: job %s does not keep it in store %s; it keeps %s"
                .formatted(
                    view, config.job().name(), config.store(), known.isEmpty() ? "none" : known));
      }
    }
    Map<String, String> faults = faults();
    for (String view : views) {
      if (faults.containsKey(view)) {
        throw new Failure(
            "View %s: it is INVALID for good, and a rebuild from state does not change that. %s"
                .formatted(view, faults.get(view)));
      }
    }
    try {
      rebuilds.ask(store, config.job().name(), views);
    } catch (SQLException e) {
      throw Databases.failed("Store " + config.store(), e);
    }
  }

  /** The views that the job keeps and that follow the source; says which others there are. */
  public List<String> following() {
    Map<String, String> faults = faults();
    faults
        .keySet()
        .forEach(view -> said.accept("left out: " + view + ", which is INVALID for good"));
    List<String> following = views().stream().filter(view -> !faults.containsKey(view)).toList();
    if (following.isEmpty()) {
      throw new Failure(
          "Job %s: no view of it in store %s can be rebuilt"
              .formatted(config.job().name(), config.store()));
    }
    return following;
  }

  /** Of a view that is no longer maintained, the job's state is out of date. */
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
   * Waits until views are rebuilt and served again, and says how far they are, and what the job's
   * state is where it does not run.
   *
   * @param state of the job, as Flink calls it
   * @return false when the time was up before
   */
  public boolean await(
      Collection<String> views, Duration patience, Supplier<Optional<String>> state)
      throws InterruptedException {
    Instant end = Instant.now().plus(patience);
    Instant saidAt = Instant.EPOCH;
    while (true) {
      List<RebuildsTable.Rebuild> open = open(views);
      if (open.isEmpty()) {
        return true;
      }
      Instant now = Instant.now();
      if (now.isAfter(saidAt.plus(SAID_AGAIN))) {
        said.accept(print(open, now));
        state
            .get()
            .filter(each -> !each.equals("RUNNING"))
            .ifPresent(each -> said.accept("the job is " + each + "; freshet status says why"));
        saidAt = now;
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
      said.accept("the store's connection did not close: " + e.getMessage());
    }
  }
}
