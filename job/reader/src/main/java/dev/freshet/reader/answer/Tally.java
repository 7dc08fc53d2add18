package dev.freshet.reader.answer;

import java.time.Duration;

/** Counts what happens between a question and its answer. Safe for many threads. */
public interface Tally {
  /** Counts nothing. */
  Tally NONE = new Tally() {};

  /** A question was not put to MySQL. */
  default void rejected(Rejection why) {}

  /** A question was answered by a query that another one had caused. */
  default void shared() {}

  /** A query was killed because nobody waited for it any more. */
  default void killed() {}

  /**
   * A question waited for the projection to show a write, or to have a key.
   *
   * @param reached whether it came to
   */
  default void waited(boolean reached, Duration took) {}
}
