package dev.freshet.reader.answer;

import java.util.Optional;

/** Notes what a request waited for. Implementations are thread-safe, and do not block. */
@FunctionalInterface
public interface Trace {
  /** Notes nothing. */
  Trace NONE = (step, begun, failure) -> {};

  /** The steps from a question to its answer. */
  enum Step {
    /** The projection is read from Postgres. */
    STORE,
    /** The projection does not contain a write yet, or a key. */
    WAIT,
    /** MySQL is queried; includes the time until the query may start. */
    MYSQL
  }

  /**
   * Notes a step that ends now.
   *
   * @param begun the {@link System#nanoTime} at which it began
   * @param failure why it failed, in one word; empty if it did not
   */
  void ended(Step step, long begun, Optional<String> failure);
}
