package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.store.Servability;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a caller gets.
 *
 * @param source where the page comes from
 * @param state of the key in the projection; empty when the projection could not be asked
 * @param reason why MySQL was asked; empty when it was not. The projection's answer has one when it
 *     is {@linkplain #isStale stale}
 * @param version of the page; MySQL's answers have none
 * @param asOf up to when the page is known to be current
 * @param lag how long that was ago when the answer was made; never negative
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

  /** Where a page comes from; the wire name stands in answers and metrics. */
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

  /** What the projection vouches for. */
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

  /** Whether it is older than the view's FRESHNESS, because MySQL gave none. */
  public boolean isStale() {
    return source == Source.PROJECTION && reason.isPresent();
  }
}
