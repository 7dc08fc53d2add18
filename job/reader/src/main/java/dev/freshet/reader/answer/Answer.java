package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.store.Servability;
import dev.freshet.view.Version;
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
 * @param version the version of the page, by which answers of a key are ordered; empty for answers
 *     from MySQL
 * @param gtids the text of the version's position, see {@link dev.freshet.store.Progress#gtids};
 *     empty for answers from MySQL
 * @param asOf the time as of which the page is known to be current
 * @param lag the age of {@code asOf} when the answer was created; never negative
 */
public record Answer(
    Question question,
    Source source,
    Optional<KeyState> state,
    Optional<FallbackReason> reason,
    Optional<Long> version,
    String gtids,
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
    Objects.requireNonNull(gtids, "gtids");
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
        served.gtids(),
        served.asOf(),
        Duration.between(served.asOf(), now),
        page);
  }

  /**
   * Prints the version: a binlog position, or for a view over events the positions of its topics;
   * empty for answers from MySQL.
   */
  public Optional<String> printedVersion() {
    return question.view().plan().isOverEvents()
        ? version.map(number -> gtids)
        : version.map(Version::print);
  }

  /**
   * Whether the answer is older than the view's FRESHNESS and was given because MySQL did not
   * answer.
   */
  public boolean isStale() {
    return source == Source.PROJECTION && reason.isPresent();
  }
}
