package dev.freshet.reader.answer;

/** Counts the bytes of an answer while it is read. Implementations are thread-safe. */
@FunctionalInterface
public interface Meter {
  /** Counts nothing. */
  Meter FREE = bytes -> {};

  /**
   * Counts bytes before memory is used for them.
   *
   * @param bytes the number of bytes; negative to release counted bytes
   * @throws Unanswered if the answer is too large, or all answers together are
   */
  void add(long bytes) throws Unanswered;
}
