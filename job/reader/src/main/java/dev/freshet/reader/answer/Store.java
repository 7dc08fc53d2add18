package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import dev.freshet.store.Progress;
import dev.freshet.store.Servability;
import dev.freshet.view.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The projections. */
public interface Store {
  /**
   * What is stored of one key, of one moment.
   *
   * @param invalid why the key, or its whole view, is not valid; empty when it is
   * @param absent whether the view is populated on read and the key is not there
   */
  record Reading(Optional<Progress> progress, Optional<Reason> invalid, boolean absent, Page page) {
    /** Whether the projection can vouch for it. */
    Servability servability(Duration freshness, Instant now) {
      return Servability.of(progress, invalid.map(FallbackReason::of), absent, freshness, now);
    }

    /** The same with other progress. */
    Reading with(Optional<Progress> other) {
      return new Reading(other, invalid, absent, page);
    }
  }

  /**
   * Reads a key.
   *
   * @throws Unavailable when the store does not answer in time, or not at all
   */
  Reading read(Question question) throws Unavailable;

  /**
   * Reads keys of one view; each is of a moment of its own.
   *
   * @param questions of the store, one at least
   * @return in their order
   * @throws Unavailable when the store does not answer all of them in time, or not at all
   */
  default List<Reading> read(List<Question> questions) throws Unavailable {
    List<Reading> readings = new ArrayList<>();
    for (Question question : questions) {
      readings.add(read(question));
    }
    return readings;
  }

  /** The store gave no answer. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
