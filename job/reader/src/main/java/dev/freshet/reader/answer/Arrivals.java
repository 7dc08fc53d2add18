package dev.freshet.reader.answer;

import java.time.Duration;

/** Tells when projections come to hold a write. */
@FunctionalInterface
public interface Arrivals {
  /**
   * Waits until the range of a question's key shows a write.
   *
   * @param most for how long
   * @return whether it does; false at once when too many wait, or the store does not answer
   */
  boolean await(Question question, WritePosition written, Duration most);
}
