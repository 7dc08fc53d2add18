package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.store.HiddenViews;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The writes of a rebuild besides the flushes: deletes the views that are rebuilt, writes their new
 * entries in transactions of bounded size, and reports the progress of the rebuild. {@link
 * RangeRebuild} decides which views are affected.
 *
 * <p>Not thread-safe. Methods block while the store takes no writes.
 */
final class RebuildWrites {
  /** Milliseconds between two reports of a rebuild's progress. */
  private static final long REPORT_INTERVAL = 500;

  /** The maximum number of changes in one transaction. */
  private static final int MOST_CHANGES = 10_000;

  private final JobPlan plan;
  private final StoreOptions options;
  private final ProjectionStore store;
  private final boolean reports;
  private final LongSupplier wallClock;
  private final RangeRebuild range;

  /** The last report of each subtask of the root nodes. */
  private final Map<Integer, Rebuild.Sent> sent = new TreeMap<>();

  private Set<Integer> rebuiltViews = Set.of();
  private boolean reportPending;
  private long reportedAt;

  /**
   * Starts with the views that the store does not serve.
   *
   * @param reports whether this writer reports the progress of a rebuild
   * @param wallClock returns milliseconds since the epoch
   */
  RebuildWrites(
      JobPlan plan,
      StoreOptions options,
      ProjectionStore store,
      boolean reports,
      LongSupplier wallClock) {
    this.plan = plan;
    this.options = options;
    this.store = store;
    this.reports = reports;
    this.wallClock = wallClock;
    this.range = store.rebuildAtOpen();
  }

  void add(Rebuild begun) {
    range.add(begun);
    sent.clear();
    reportPending = false;
  }

  void add(Rebuild.Sent next) {
    range.add(next);
    if (reports) {
      sent.put(next.subtask(), next);
      reportPending = true;
    }
  }

  /** Applies all messages up to a watermark. */
  void step(long watermark) {
    range.step(watermark);
  }

  /** Returns the indexes of the views that are not served. */
  Set<Integer> hidden() {
    return range.hidden();
  }

  /** Returns the views that are not served, in the form of the store. */
  HiddenViews hiddenViews() {
    Set<String> views = new TreeSet<>();
    range.hidden().forEach(view -> views.add(plan.views().get(view).view()));
    return new HiddenViews(views, Optional.ofNullable(range.reason()), range.rebuilt());
  }

  /**
   * Deletes from the store the views whose rebuild begins.
   *
   * @return the indexes of these views
   */
  Set<Integer> clear() throws Exception {
    Set<Integer> views = range.toClear();
    if (!views.isEmpty()) {
      HiddenViews hidden = hiddenViews();
      Outage.outlast(options, () -> store.clear(views, hidden));
      range.cleared();
      rebuiltViews = views;
      report(0, 0);
    }
    return views;
  }

  /**
   * Writes most of the due changes of hidden views in transactions of their own, so that the flush
   * does not become too large. Must not be called if the flush has to delete anything of the range
   * first.
   *
   * @return the changes that are left for the flush
   */
  Collection<EntryChange> writeAhead(WriteBuffer buffer) throws Exception {
    Collection<EntryChange> due = buffer.changes();
    if (range.hidden().isEmpty() || due.size() <= MOST_CHANGES) {
      return due;
    }
    List<EntryChange> rest = new ArrayList<>();
    List<EntryChange> piece = new ArrayList<>();
    for (EntryChange change : due) {
      if (!range.hidden().contains(change.view())
          || buffer.rewritten().containsKey(change.key())
          || buffer.absent().containsKey(change.key())) {
        rest.add(change);
      } else {
        piece.add(change);
        if (piece.size() == MOST_CHANGES) {
          HiddenViews hidden = hiddenViews();
          Outage.outlast(options, () -> store.write(piece, hidden));
          piece.clear();
        }
      }
    }
    rest.addAll(piece);
    return rest;
  }

  /** Ends a complete rebuild, so that the next flush makes its views visible. */
  void serveComplete() {
    if (range.isComplete()) {
      range.complete();
    }
  }

  /** Reports the progress of a rebuild if it has changed and the last report is old enough. */
  void report() throws Exception {
    if (reportPending && wallClock.getAsLong() - reportedAt >= REPORT_INTERVAL) {
      reportPending = false;
      report(
          sent.values().stream().mapToLong(Rebuild.Sent::sent).sum(),
          sent.values().stream().mapToLong(Rebuild.Sent::total).sum());
    }
  }

  private void report(long sent, long total) throws Exception {
    if (reports) {
      reportedAt = wallClock.getAsLong();
      Outage.outlast(options, () -> store.progressed(rebuiltViews, sent, total));
    }
  }
}
