package dev.freshet.reader.answer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until a projection contains a client's own write. {@code ProgressWatch} in the package
 * {@code database} implements it.
 */
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
