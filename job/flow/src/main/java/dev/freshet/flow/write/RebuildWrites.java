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
 * What a writer does in the store for a rebuild beyond its flushes: it removes the entries of the
 * views that are rebuilt, writes their new entries in transactions of bounded size, and says how
 * far the rebuild is. {@link RangeRebuild} decides which views those are.
 *
 * <p>Used by one thread, which waits while the store takes no writes.
 */
final class RebuildWrites {
  /** Milliseconds between two times that the store is told how far a rebuild is. */
  private static final long REPORT_INTERVAL = 500;

  /** Changes in one transaction. */
  private static final int MOST_CHANGES = 10_000;

  private final JobPlan plan;
  private final StoreOptions options;
  private final ProjectionStore store;
  private final boolean reports;
  private final LongSupplier wallClock;
  private final RangeRebuild range;

  /** By subtask of the root nodes. */
  private final Map<Integer, Rebuild.Sent> sent = new TreeMap<>();

  private Set<Integer> rebuiltViews = Set.of();
  private boolean hasNews;
  private long reportedAt;

  /**
   * Of the views that the store does not serve.
   *
   * @param reports whether this writer says how far a rebuild is
   * @param wallClock milliseconds
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
    hasNews = false;
  }

  void add(Rebuild.Sent next) {
    range.add(next);
    if (reports) {
      sent.put(next.subtask(), next);
      hasNews = true;
    }
  }

  /** Everything up to a watermark takes effect. */
  void step(long watermark) {
    range.step(watermark);
  }

  /** The views that are not served. */
  Set<Integer> hidden() {
    return range.hidden();
  }

  /** The same, as the store has them. */
  HiddenViews hiddenViews() {
    Set<String> views = new TreeSet<>();
    range.hidden().forEach(view -> views.add(plan.views().get(view).view()));
    return new HiddenViews(views, Optional.ofNullable(range.reason()), range.rebuilt());
  }

  /**
   * Removes what the store has of the views whose rebuild begins.
   *
   * @return these views
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
   * Writes what is due of the views that are not served, in transactions of their own, so that none
   * is very large. Nothing of the range may have to be removed first.
   *
   * @return what is left to write
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

  /** The views whose rebuild is complete are served with the next flush. */
  void serveComplete() {
    if (range.isComplete()) {
      range.complete();
    }
  }

  /** Says how far a rebuild is, if there is news and the last time is some while ago. */
  void report() throws Exception {
    if (hasNews && wallClock.getAsLong() - reportedAt >= REPORT_INTERVAL) {
      hasNews = false;
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
