package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A query to MySQL that has ended.
 *
 * @param reason why the projection did not answer the request that caused the query
 * @param sent when the query was sent
 * @param took how long it took, including the time to get a connection; not negative
 * @param requests the number of requests that waited for its result
 * @param total the number of the key's entries, as answers print it; empty if MySQL did not answer
 * @param failure why MySQL did not answer; empty if it answered, or if the reader failed
 */
public record Fallback(
    Question question,
    FallbackReason reason,
    Instant sent,
    Duration took,
    int requests,
    Optional<String> total,
    Optional<Unanswered.Kind> failure) {
  public Fallback {
    Objects.requireNonNull(question, "question");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(sent, "sent");
    if (took.isNegative() || requests < 0) {
      throw new IllegalArgumentException("took " + took + " for " + requests + " requests");
    }
    if (total.isPresent() && failure.isPresent()) {
      throw new IllegalArgumentException("an answer has no failure");
    }
  }
}
