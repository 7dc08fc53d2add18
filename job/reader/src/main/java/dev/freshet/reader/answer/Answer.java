package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.store.Servability;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An answer to a question.
 *
 * @param source the database that the page comes from
 * @param state the state of the key in the projection; empty if the projection could not be read
 * @param reason why MySQL was queried; empty if it was not. A {@linkplain #isStale stale} answer
 *     from the projection has a reason, too
 * @param version the version of the page; empty for answers from MySQL
 * @param asOf the time as of which the page is known to be current
 * @param lag the age of {@code asOf} when the answer was created; never negative
 */
public record Answer(
    Question question,
    Source source,
    Optional<KeyState> state,
    Optional<FallbackReason> reason,
    Optional<Long> version,
    Instant asOf,
    Duration lag,
    Page page) {

  /** The database that a page comes from; the wire name is part of answers and metrics. */
  public enum Source {
    PROJECTION("projection"),
    MYSQL("mysql");

    private final String wireName;

    Source(String wireName) {
      this.wireName = wireName;
    }

    public String wireName() {
      return wireName;
    }
  }

  public Answer {
    Objects.requireNonNull(question, "question");
    Objects.requireNonNull(page, "page");
    if (version.isPresent() != (source == Source.PROJECTION)
        || (reason.isEmpty() && source == Source.MYSQL)
        || (source == Source.PROJECTION
            && !reason.orElse(FallbackReason.STALE).equals(FallbackReason.STALE))) {
      throw new IllegalArgumentException(
          "version goes with the projection's answers, a reason with MySQL's and with stale ones");
    }
    if (lag.isNegative()) {
      lag = Duration.ZERO;
    }
  }

  /** Creates an answer that is served from the projection. */
  static Answer ofProjection(Question question, Servability.Served served, Instant now, Page page) {
    return new Answer(
        question,
        Source.PROJECTION,
        Optional.of(KeyState.VALID),
        Optional.empty(),
        Optional.of(served.version()),
        served.asOf(),
        Duration.between(served.asOf(), now),
        page);
  }

  /**
   * Whether the answer is older than the view's FRESHNESS and was given because MySQL did not
   * answer.
   */
  public boolean isStale() {
    return source == Source.PROJECTION && reason.isPresent();
  }
}
