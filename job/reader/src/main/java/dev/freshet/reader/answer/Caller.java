package dev.freshet.reader.answer;

/** Whoever waits for an answer. */
@FunctionalInterface
public interface Caller {
  /** One who stays. */
  Caller PATIENT = () -> false;

  /** Whether the answer would reach nobody; does not block. */
  boolean isGone();
}
