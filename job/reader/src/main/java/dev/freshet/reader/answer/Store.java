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

/** Reads projections. Implementations are thread-safe. */
public interface Store {
  /**
   * The data of one key, from one consistent snapshot of the store.
   *
   * @param progress the progress of the key's range; empty if there is none
   * @param invalid why the key or its whole view is invalid; empty if it is valid
   * @param absent whether the view is populated on read and the store does not have the key
   * @param page the page of entries
   */
  record Reading(Optional<Progress> progress, Optional<Reason> invalid, boolean absent, Page page) {
    /** Returns whether the data can be served, or why not. */
    Servability servability(Duration freshness, Instant now) {
      return Servability.of(progress, invalid.map(FallbackReason::of), absent, freshness, now);
    }

    /** Returns a copy with other progress. */
    Reading with(Optional<Progress> other) {
      return new Reading(other, invalid, absent, page);
    }
  }

  /**
   * Reads a key.
   *
   * @throws Unavailable if the store does not answer in time
   */
  Reading read(Question question) throws Unavailable;

  /**
   * Reads keys of one view; each reading is from a snapshot of its own.
   *
   * @param questions at least one question, all with keys that Postgres can store
   * @return the readings in the order of the questions
   * @throws Unavailable if the store does not answer all questions in time
   */
  default List<Reading> read(List<Question> questions) throws Unavailable {
    List<Reading> readings = new ArrayList<>();
    for (Question question : questions) {
      readings.add(read(question));
    }
    return readings;
  }

  /**
   * Reads keys like {@link #read(List)}, and counts the bytes of their pages.
   *
   * @throws Unanswered if the bytes exceed the limit of an answer or of all answers
   */
  default List<Reading> read(List<Question> questions, Meter meter) throws Unavailable, Unanswered {
    List<Reading> readings = read(questions);
    for (Reading reading : readings) {
      meter.add(reading.page().bytes());
    }
    return readings;
  }

  /** The store did not answer. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }

    public Unavailable(String message) {
      super(message);
    }
  }
}
