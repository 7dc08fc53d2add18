package dev.freshet.reader.answer;

import dev.freshet.view.Reason;
import java.util.Optional;

/** The projections. */
public interface Store {
  /**
   * What is stored of one key, of one moment.
   *
   * @param invalid why the key, or its whole view, is not valid; empty when it is
   */
  record Reading(Optional<Progress> progress, Optional<Reason> invalid, Page page) {}

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
