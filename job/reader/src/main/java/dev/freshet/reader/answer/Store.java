package dev.freshet.reader.answer;

import java.util.Optional;

/** The projections. */
public interface Store {
  /** Progress and page of one key, of one moment. */
  record Reading(Optional<Progress> progress, Page page) {}

  /**
   * Reads a key.
   *
   * @throws Unavailable when the store does not answer in time, or not at all
   */
  Reading read(Question question) throws Unavailable;

  /** The store gave no answer. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
