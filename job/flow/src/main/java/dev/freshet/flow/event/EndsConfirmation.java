package dev.freshet.flow.event;

import dev.freshet.view.event.Positions;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Finds the time up to which the log is known to be complete: the time of the last question for the
 * topics' ends whose answer the log has reached. Not thread-safe.
 */
final class EndsConfirmation {
  /** Further answers are dropped, so that the oldest ones, which are reached first, are kept. */
  private static final int MOST_WAITING = 64;

  private final Deque<Answer> waiting = new ArrayDeque<>();
  private long asOf;

  private record Answer(long asked, Positions ends) {}

  /**
   * Creates an instance.
   *
   * @param asOf the {@link #asOf} of a checkpoint, or 0
   */
  EndsConfirmation(long asOf) {
    this.asOf = asOf;
  }

  /**
   * Adds an answer.
   *
   * @param asked when the question was sent, in milliseconds since the epoch; ascending
   */
  void answered(long asked, Positions ends) {
    if (waiting.size() < MOST_WAITING) {
      waiting.add(new Answer(asked, ends));
    }
  }

  /** Takes note of the positions that were reached; returns whether {@link #asOf} grew. */
  boolean reached(Positions positions) {
    long before = asOf;
    while (!waiting.isEmpty() && positions.cover(waiting.peek().ends())) {
      asOf = Math.max(asOf, waiting.poll().asked());
    }
    return asOf > before;
  }

  /** In milliseconds since the epoch; 0 if no time is known yet. */
  long asOf() {
    return asOf;
  }
}
