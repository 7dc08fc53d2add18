package dev.freshet.reader.answer;

import java.time.Duration;

/** Counts events between a question and its answer. Implementations are thread-safe. */
public interface AnswerMetrics {
  /** Counts nothing. */
  AnswerMetrics NONE = new AnswerMetrics() {};

  /** Counts a question for which MySQL was not queried. */
  default void rejected(Rejection why) {}

  /** Counts a question that was answered by a query of another request. */
  default void shared() {}

  /** Counts a query that was killed because all its callers had disconnected. */
  default void killed() {}

  /** Notes a query to MySQL that has ended. */
  default void queried(Fallback fallback) {}

  /**
   * Counts a question that waited until the projection contained a write or a key.
   *
   * @param reached whether the projection contained it in time
   * @param took how long the question waited
   */
  default void waited(boolean reached, Duration took) {}
}
