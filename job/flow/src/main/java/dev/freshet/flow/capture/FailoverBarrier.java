package dev.freshet.flow.capture;

import dev.freshet.flow.capture.source.Captured;
import dev.freshet.view.gtid.GtidSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Holds back the ends of transactions while the source moves to another server, so that everything
 * from the last watermark of the old server to the first of the new one is one step. It lets them
 * through once
 *
 * <ul>
 *   <li>all that the store holds of the old server has been told again: the job may go on from a
 *       checkpoint that is older than the store, and the places at which the store stands mean
 *       nothing on the new server, so no watermark can stop there;
 *   <li>a checkpoint holds that the source moved here. Else a job that dies now could meet a third
 *       server, give it the same epoch, and hold its places for those that the store has of the
 *       second.
 * </ul>
 *
 * <p>Meanwhile answers grow old and readers ask MySQL. That a transaction which the old server told
 * in part is told again whole before any end of one is let through, {@code ReadSoFar} sees to.
 * Telling rows again inside one step changes nothing: a node takes a row's images in order and
 * speaks after the last, subscribers are a set, and the second telling ends where the transaction
 * does. Only what counts changes counts those of the part twice.
 *
 * <p>Not safe for several threads.
 */
final class FailoverBarrier {
  private static final long NONE = -1;

  private List<GtidSet> ahead = List.of();
  private boolean unsaved;
  private long savedBy = NONE;
  private Captured.Boundary newest;

  /**
   * The source moved; once more perhaps, before the last move was over.
   *
   * @param store the GTID sets that the store holds beyond the last watermark
   * @param save whether a checkpoint has to hold it first
   */
  void begin(List<String> store, boolean save) {
    ahead = Stream.concat(ahead.stream(), store.stream().map(GtidSet::parse)).toList();
    unsaved |= save;
    savedBy = NONE;
    newest = null;
  }

  /** What the store holds and was not yet told again. */
  List<GtidSet> ahead() {
    return ahead;
  }

  boolean isOver() {
    return ahead.isEmpty() && !unsaved;
  }

  /** A transaction ended; what is let through. */
  Optional<Captured.Boundary> told(Captured.Boundary boundary) {
    if (isOver()) {
      return Optional.of(boundary);
    }
    newest = boundary;
    if (!ahead.isEmpty()) {
      GtidSet told = GtidSet.parse(boundary.gtids());
      if (ahead.stream().allMatch(told::contains)) {
        ahead = List.of();
      }
    }
    return letThrough();
  }

  /** A checkpoint is taken. */
  void checkpoint(long id) {
    if (unsaved && savedBy == NONE) {
      savedBy = id;
    }
  }

  /** A checkpoint is complete; what is let through. */
  Optional<Captured.Boundary> completed(long id) {
    if (savedBy == NONE || id < savedBy) {
      return Optional.empty();
    }
    savedBy = NONE;
    unsaved = false;
    return letThrough();
  }

  private Optional<Captured.Boundary> letThrough() {
    Optional<Captured.Boundary> next = Optional.ofNullable(isOver() ? newest : null);
    if (next.isPresent()) {
      newest = null;
    }
    return next;
  }
}
