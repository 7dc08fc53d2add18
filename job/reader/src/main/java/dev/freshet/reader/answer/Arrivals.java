package dev.freshet.reader.answer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Waits for writes to arrive in projections. */
@FunctionalInterface
public interface Arrivals {
  /**
   * Waits until the range of a question's key contains a write. Does not block.
   *
   * @param most the maximum time to wait
   * @return a future that never fails: whether the range contains the write; false also if the
   *     store does not answer. It completes in a thread that may read the store
   */
  CompletableFuture<Boolean> await(Question question, WritePosition written, Duration most);
}
