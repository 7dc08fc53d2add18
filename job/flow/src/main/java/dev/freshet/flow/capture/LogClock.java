package dev.freshet.flow.capture;

import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.view.Version;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Assigns positions in the log to changes, and decides when watermarks are emitted. No other class
 * does either.
 *
 * <p>It guarantees:
 *
 * <ul>
 *   <li>The versions of changes never decrease, and no change has a version at or below an emitted
 *       watermark.
 *   <li>Within a version {@link #nextOrder} increases, also across a restore in the middle of a
 *       transaction.
 *   <li>Watermarks are positions between transactions and increase. No watermark is emitted before
 *       the snapshot is complete and the log has reached the position of its highest chunk; the
 *       first watermark is the hand-over.
 *   <li>After a restore the watermarks that some node may not have completed are emitted again, and
 *       then the stored watermark. Without them nodes would end their steps at different
 *       watermarks: a node that had completed a step before the checkpoint, and one that had not.
 *       Every stop, which is a progress value that the store already holds, becomes a watermark of
 *       its own.
 *   <li>Events that do not come from the binlog are injected between transactions: after a
 *       watermark, at a version of their own, followed by a watermark of their own.
 *   <li>At the end of a batch a watermark covers all complete transactions. Within a batch a
 *       watermark is emitted at the latest after {@value #MOST_CHANGES} changes and the end of
 *       their transaction.
 * </ul>
 *
 * <p>Throws {@link SourceFault} if the source breaks the order. It keeps a few numbers, the stops,
 * and the watermarks that are not {@link #reached} in memory; {@link #state} and {@link #restore}
 * save and restore them. Not thread-safe.
 */
final class LogClock {
  /** The number of changes after which a watermark is emitted at the next transaction end. */
  static final int MOST_CHANGES = 10_000;

  private static final long UNKNOWN = -1;

  private final int gap;
  private final TreeSet<Long> stops = new TreeSet<>();
  private final ArrayDeque<Long> unfinished = new ArrayDeque<>();

  private long watermark;
  private long highestChunk = UNKNOWN;
  private long complete;
  private long position;
  private String gtids = "";

  /** The GTIDs of the last emitted watermark; {@link #gtids} may be newer. */
  private String emittedGtids = "";

  private long transaction;
  private long order;
  private int changes;

  LogClock() {
    this(Version.GAP);
  }

  /**
   * Creates a clock for a log with another gap.
   *
   * @param gap the number of positions after the end of a transaction that no event can have
   */
  LogClock(int gap) {
    this.gap = gap;
  }

  /** Whether the first watermark was emitted. */
  boolean isHandedOver() {
    return watermark > 0;
  }

  /** Receives the watermarks. */
  interface Watermarks {
    /**
     * Emits a watermark.
     *
     * @param version the watermark; all events at or below it have been sent
     * @param gtids the executed GTIDs that are known to lie at or below it
     */
    void emit(long version, String gtids);
  }

  /**
   * The state in a checkpoint.
   *
   * @param watermark the last emitted watermark; 0 before the hand-over
   * @param position the last transaction end; not above the watermark
   * @param gtids the GTIDs of the last watermark
   * @param highestChunk the position of the snapshot's highest chunk; −1 while it is unknown
   * @param transaction the version of the newest change
   * @param order the next order within that version
   * @param unfinished the emitted watermarks that are not known to be in the store, ascending
   */
  record State(
      long watermark,
      long position,
      String gtids,
      long highestChunk,
      long transaction,
      long order,
      List<Long> unfinished) {}

  /**
   * Restores the state of a checkpoint. To be called before any other method.
   *
   * @param again receives the watermarks before the last one that are emitted again
   */
  void restore(State state, LongConsumer again, Watermarks out) {
    watermark = state.watermark();
    complete = watermark;
    position = state.position();
    gtids = state.gtids();
    emittedGtids = gtids;
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
      out.emit(watermark, gtids);
    }
  }

  /** Whether there are emitted watermarks that the store has not {@link #reached}. */
  boolean hasUnfinished() {
    return !unfinished.isEmpty();
  }

  /**
   * Notes that all key groups of the store contain everything up to a version, so that every node
   * has completed its steps up to it.
   */
  void reached(long version) {
    while (!unfinished.isEmpty() && unfinished.getFirst() <= version) {
      unfinished.removeFirst();
    }
  }

  /**
   * Returns the current state. To be called only between batches, when no complete transaction
   * waits for its watermark.
   */
  State state() {
    return new State(
        watermark,
        Math.min(position, watermark),
        emittedGtids,
        highestChunk,
        transaction,
        order,
        List.copyOf(unfinished));
  }

  /** Returns the last emitted watermark; 0 before the hand-over. */
  long watermark() {
    return watermark;
  }

  /** Returns the GTIDs that were emitted with the last watermark. */
  String gtids() {
    return emittedGtids;
  }

  /**
   * Adds progress values of the store as stops: those above the last watermark become watermarks.
   */
  void stopAt(Collection<Long> versions) {
    stops.addAll(versions);
  }

  /** Whether a stop below a version has not been emitted yet. */
  boolean stopsBelow(long version) {
    return !stops.isEmpty() && stops.first() < version;
  }

  /** Whether a stop at or above a version has not been emitted yet. */
  boolean stopsFrom(long version) {
    return !stops.isEmpty() && stops.last() >= version;
  }

  /**
   * Removes the stops below a version, because the server that has these positions is no longer
   * read.
   */
  void forgetStopsBelow(long version) {
    stops.headSet(version).clear();
  }

  /**
   * Notes that all chunks of the snapshot were read, the last at this position. Later calls have no
   * effect.
   */
  void snapshotDone(long highest) {
    if (highestChunk == UNKNOWN) {
      highestChunk = highest;
    }
  }

  /**
   * Registers a change of this version.
   *
   * @throws SourceFault if the version is older than the last change or watermark
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
              + ": its binlog was reset, or it is another server; "
              + SourceFault.elsewhere());
    }
    emitStopsBelow(version, out);
    if (version != transaction) {
      transaction = version;
      order = 0;
    }
    changes++;
  }

  /**
   * Returns the order of the next event within the version of the last change; always 0 for
   * snapshot rows.
   */
  long nextOrder(long version) {
    return version == Version.NONE ? 0 : order++;
  }

  /**
   * Registers a transaction end: all changes below this position were read. A repeated position has
   * no effect.
   */
  void boundary(long version, String executed, Watermarks out) {
    if (version <= complete) {
      return;
    }
    emitStopsBelow(version, out);
    complete = version;
    position = version;
    gtids = executed;
    if (changes >= MOST_CHANGES) {
      emit(version, out);
    }
  }

  /**
   * Registers the end of a batch. Emits a watermark, and the stops that no transaction can precede.
   */
  void batchEnd(Watermarks out) {
    emit(complete, out);
    emitStopsBelow(position + gap, out);
  }

  /**
   * Returns the last transaction end at or below the last watermark. The watermark itself is higher
   * if events were injected after that transaction.
   */
  long position() {
    return Math.min(position, watermark);
  }

  /** Returns how many of the free positions after the last transaction are used. */
  long injected() {
    return watermark - position();
  }

  /**
   * Returns the version for events that are injected now. Returns 0 if nothing can be injected:
   * before the hand-over, within a transaction, while stops at the free positions have not been
   * emitted, and when no position is free.
   */
  long injectAt() {
    boolean between = watermark > 0 && watermark == complete && transaction <= watermark;
    boolean stopped = !stops.isEmpty() && stops.first() < position + gap;
    return between && !stopped && injected() + 1 < gap ? watermark + 1 : 0;
  }

  /** Emits the watermark for the events that were injected at {@link #injectAt}. */
  void injected(Watermarks out) {
    emit(injectAt(), out);
  }

  /**
   * Emits the stops below a version. No change lies between the last transaction end and the
   * version, so these stops are transaction boundaries.
   */
  private void emitStopsBelow(long version, Watermarks out) {
    while (!stops.isEmpty() && stops.first() < version) {
      emit(stops.pollFirst(), out);
    }
  }

  private void emit(long version, Watermarks out) {
    if (version > watermark && highestChunk != UNKNOWN && version >= highestChunk) {
      watermark = version;
      unfinished.addLast(version);
      complete = Math.max(complete, version);
      changes = 0;
      emittedGtids = gtids;
      out.emit(version, gtids);
    }
  }
}
