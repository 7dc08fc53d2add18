package dev.freshet.flow.capture;

import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.view.Version;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Decides where in the log a change stands and when a watermark leaves: the only place that does.
 *
 * <p>It guarantees:
 *
 * <ul>
 *   <li>Changes never go back, and none stands at or below a watermark that left.
 *   <li>Inside a version, {@link #nextOrder} grows, also across a restore in the middle of a
 *       transaction.
 *   <li>Watermarks are places between transactions and grow. None leaves before the snapshot is
 *       complete and its highest chunk position was reached; the first is the hand-over.
 *   <li>After a restore the stored watermark comes first, behind those before it that some node may
 *       not be done with: else one node would end a step where another, which was done with it at
 *       the checkpoint or hears of it from a node above, does not. Every stop (a progress value the
 *       store already holds) becomes a watermark of its own.
 *   <li>What does not come from the binlog is injected between transactions: after a watermark, at
 *       a version of its own, with a watermark of its own.
 *   <li>When a batch ends, everything complete is under a watermark; inside a batch one leaves at
 *       the latest after {@value #MOST_CHANGES} changes and the end of their transaction.
 * </ul>
 *
 * <p>A source that breaks the order makes it throw {@link SourceFault}. It keeps a few numbers, the
 * stops, and the watermarks that are not {@link #reached} in memory; {@link #state} and {@link
 * #restore} carry it through a checkpoint.
 */
final class LogClock {
  /**
   * Places after the end of a transaction that are free: a GTID event stands before the next one
   * begins. It has 73 bytes or more in MySQL 8.0, and 66 or more where the GTID has a tag.
   */
  static final int GAP = 64;

  /** Changes under one watermark, if transactions are smaller. */
  static final int MOST_CHANGES = 10_000;

  private static final long UNKNOWN = -1;

  private final int gap;
  private final TreeSet<Long> stops = new TreeSet<>();
  private final ArrayDeque<Long> unfinished = new ArrayDeque<>();

  private long watermark;
  private long highestChunk = UNKNOWN;
  private long complete;
  private long place;
  private String gtids = "";

  /** Those that left with the last watermark: what is complete may be further. */
  private String left = "";

  private long transaction;
  private long order;
  private int changes;

  LogClock() {
    this(GAP);
  }

  /**
   * A clock of a log with other distances.
   *
   * @param gap places after the end of a transaction at which none begins
   */
  LogClock(int gap) {
    this.gap = gap;
  }

  /** Where watermarks go. */
  interface Watermarks {
    /**
     * A watermark leaves.
     *
     * @param version everything at or below was told
     * @param gtids the executed GTIDs that are known to lie at or below it
     */
    void leave(long version, String gtids);
  }

  /**
   * What a checkpoint keeps.
   *
   * @param watermark the last that left; 0 before the hand-over
   * @param place the last place between transactions that was told; not above the watermark
   * @param gtids of the last watermark
   * @param highestChunk the snapshot's highest chunk position; −1 while it is not known
   * @param transaction version of the newest change
   * @param order the next order inside it
   * @param unfinished the watermarks that left and are not in the store for all that is known, in
   *     order
   */
  record State(
      long watermark,
      long place,
      String gtids,
      long highestChunk,
      long transaction,
      long order,
      List<Long> unfinished) {}

  /**
   * Goes on where a checkpoint was taken; before anything else.
   *
   * @param again receives the watermarks before the last that leave again
   */
  void restore(State state, LongConsumer again, Watermarks out) {
    watermark = state.watermark();
    complete = watermark;
    place = state.place();
    gtids = state.gtids();
    left = gtids;
    highestChunk = state.highestChunk();
    transaction = state.transaction();
    order = state.order();
    for (long before : state.unfinished()) {
      unfinished.add(before);
      if (before < watermark) {
        again.accept(before);
      }
    }
    if (watermark > 0) {
      out.leave(watermark, gtids);
    }
  }

  /** Whether there are watermarks that are not reached. */
  boolean hasUnfinished() {
    return !unfinished.isEmpty();
  }

  /** The whole store has everything up to a version: no node has a step up to there before it. */
  void reached(long version) {
    while (!unfinished.isEmpty() && unfinished.getFirst() <= version) {
      unfinished.removeFirst();
    }
  }

  /** As of now; only between batches, when nothing complete waits for its watermark. */
  State state() {
    return new State(
        watermark,
        Math.min(place, watermark),
        left,
        highestChunk,
        transaction,
        order,
        List.copyOf(unfinished));
  }

  /** The last watermark that left; 0 before the hand-over. */
  long watermark() {
    return watermark;
  }

  /** The GTIDs told together with the last watermark. */
  String gtids() {
    return left;
  }

  /** Progress values that the store holds: those above the last watermark become watermarks. */
  void stopAt(Collection<Long> versions) {
    stops.addAll(versions);
  }

  /** Whether stops below a version have not left. */
  boolean stopsBelow(long version) {
    return !stops.isEmpty() && stops.first() < version;
  }

  /** Whether stops at or above a version have not left. */
  boolean stopsFrom(long version) {
    return !stops.isEmpty() && stops.last() >= version;
  }

  /** Stops below a version are given up: the server of their places is gone. */
  void forgetStopsBelow(long version) {
    stops.headSet(version).clear();
  }

  /** The snapshot's chunks were all read, none of them after this place. The first word counts. */
  void snapshotDone(long highest) {
    if (highestChunk == UNKNOWN) {
      highestChunk = highest;
    }
  }

  /**
   * The next change belongs to this version.
   *
   * @throws SourceFault when its place was passed
   */
  void change(long version, Watermarks out) {
    if (version == Version.NONE) {
      return;
    }
    if (version <= watermark || version < transaction) {
      throw new SourceFault(
          "Source: the binlog went back to "
              + Version.print(version)
              + " after "
              + Version.print(Math.max(watermark, transaction))
              + ": its binlog was reset, or the server is another; "
              + SourceFault.elsewhere());
    }
    leaveAtStopsBelow(version, out);
    if (version != transaction) {
      transaction = version;
      order = 0;
    }
    changes++;
  }

  /** The place of the next event inside the version told last. */
  long nextOrder(long version) {
    return version == Version.NONE ? 0 : order++;
  }

  /** Everything below this place was told. Places that were told before change nothing. */
  void boundary(long version, String executed, Watermarks out) {
    if (version <= complete) {
      return;
    }
    leaveAtStopsBelow(version, out);
    complete = version;
    place = version;
    gtids = executed;
    if (changes >= MOST_CHANGES) {
      leave(version, out);
    }
  }

  /** There is nothing more to read for now. Stops that no transaction can stand before leave. */
  void batchEnd(Watermarks out) {
    leave(complete, out);
    leaveAtStopsBelow(place + gap, out);
  }

  /**
   * Where in the binlog the last watermark stands: a place between transactions. The watermark
   * itself is some places further when something was injected.
   */
  long place() {
    return Math.min(place, watermark);
  }

  /** How many of the free places after the last transaction were used. */
  long injected() {
    return watermark - place();
  }

  /**
   * The version that something injected now has; 0 when nothing can be: before the hand-over,
   * inside a transaction, before the stops that stand here have left, and when no place is free.
   */
  long injectAt() {
    boolean between = watermark > 0 && watermark == complete && transaction <= watermark;
    boolean stopped = !stops.isEmpty() && stops.first() < place + gap;
    return between && !stopped && injected() + 1 < gap ? watermark + 1 : 0;
  }

  /** Something was injected at {@link #injectAt}. */
  void injected(Watermarks out) {
    leave(injectAt(), out);
  }

  /** Nothing stands between what is complete and the version: a stop there is at a boundary. */
  private void leaveAtStopsBelow(long version, Watermarks out) {
    while (!stops.isEmpty() && stops.first() < version) {
      leave(stops.pollFirst(), out);
    }
  }

  private void leave(long version, Watermarks out) {
    if (version > watermark && highestChunk != UNKNOWN && version >= highestChunk) {
      watermark = version;
      unfinished.addLast(version);
      complete = Math.max(complete, version);
      changes = 0;
      left = gtids;
      out.leave(version, gtids);
    }
  }
}
