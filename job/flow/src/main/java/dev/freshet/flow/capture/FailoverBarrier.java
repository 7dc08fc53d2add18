package dev.freshet.flow.capture;

import dev.freshet.flow.capture.source.Captured;
import dev.freshet.view.gtid.GtidSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds back transaction ends after the source has moved to another server, so that all changes
 * between the last watermark of the old server and the first watermark of the new one form one
 * step. It releases the newest held transaction end once
 *
 * <ul>
 *   <li>the new server has sent every transaction that the store already holds. The job may
 *       continue from a checkpoint that is older than the store, and the store's binlog positions
 *       mean nothing on the new server, so no watermark can stop at them;
 *   <li>a checkpoint contains the move. Without it, a job that fails now could connect to a third
 *       server, give it the same epoch, and mistake its positions for positions of the second
 *       server.
 * </ul>
 *
 * <p>Meanwhile the store's answers become stale and readers fall back to MySQL. If the old server
 * sent only part of a transaction, {@code ReadSoFar} ensures that the new server sends it
 * completely before any transaction end is released. Receiving rows twice in one step is harmless:
 * a node applies a row's images in order and emits only the last, and subscribers are a set. Only
 * the counters of changes count such rows twice.
 *
 * <p>Not thread-safe.
 */
final class FailoverBarrier {
  private static final long NONE = -1;

  private List<GtidSet> ahead = List.of();
  private boolean unsaved;
  private long savedBy = NONE;
  private Captured.Boundary newest;

  /**
   * Starts holding back transaction ends after a move. May be called again before the previous move
   * is over.
   *
   * @param store the GTID sets of the store's progress beyond the last watermark
   * @param save whether to wait for a checkpoint that contains the move
   */
  void begin(List<String> store, boolean save) {
    ahead = Stream.concat(ahead.stream(), store.stream().map(GtidSet::parse)).toList();
    unsaved |= save;
    savedBy = NONE;
    newest = null;
  }

  /** Returns the GTID sets of the store that the new server has not sent yet. */
  List<GtidSet> ahead() {
    return ahead;
  }

  boolean isOver() {
    return ahead.isEmpty() && !unsaved;
  }

  /** Takes a transaction end and returns the transaction end that is released, if any. */
  Optional<Captured.Boundary> passed(Captured.Boundary boundary) {
    if (isOver()) {
      return Optional.of(boundary);
    }
    newest = boundary;
    if (!ahead.isEmpty()) {
      GtidSet sent = GtidSet.parse(boundary.gtids());
      if (ahead.stream().allMatch(sent::contains)) {
        ahead = List.of();
      }
    }
    return release();
  }

  /** To be called when a checkpoint is taken. */
  void checkpoint(long id) {
    if (unsaved && savedBy == NONE) {
      savedBy = id;
    }
  }

  /**
   * To be called when a checkpoint is complete; returns the transaction end that is released, if
   * any.
   */
  Optional<Captured.Boundary> completed(long id) {
    if (savedBy == NONE || id < savedBy) {
      return Optional.empty();
    }
    savedBy = NONE;
    unsaved = false;
    return release();
  }

  private Optional<Captured.Boundary> release() {
    Optional<Captured.Boundary> next = Optional.ofNullable(isOver() ? newest : null);
    if (next.isPresent()) {
      newest = null;
    }
    return next;
  }
}
