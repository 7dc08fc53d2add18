package dev.freshet.reader.answer;

import java.time.Duration;

/** Waits for writes to arrive in projections. */
@FunctionalInterface
public interface Arrivals {
  /**
   * Blocks until the range of a question's key contains a write.
   *
   * @param most the maximum time to wait
   * @return whether it contains the write; false immediately if too many callers wait, or if the
   *     store does not answer
   */
  boolean await(Question question, WritePosition written, Duration most);
}
