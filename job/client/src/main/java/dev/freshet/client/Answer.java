package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A page of a key's entries, and how fresh it is.
 *
 * @param key its columns by name
 * @param source {@code projection} or {@code mysql}
 * @param state of the key in the projection; empty when Postgres could not be asked
 * @param reason why MySQL was asked; empty when it was not
 * @param stale the page is older than the view's FRESHNESS, and MySQL did not answer; only views
 *     declared with {@code stale-on-error} have such answers
 * @param version the binlog position up to which the page is complete; empty from MySQL
 * @param asOf the time up to which the page is known to be current
 * @param lag the time from {@code asOf} to the moment when the reader made the answer
 * @param total entries of the key, counted up to 1000: {@code 128}, or {@code 1000+}
 * @param items entries in the view's order, each with its columns by name
 * @param nextCursor asks for the next page; empty on the last
 */
public record Answer(
    String view,
    JsonNode key,
    String source,
    Optional<String> state,
    Optional<String> reason,
    boolean stale,
    Optional<String> version,
    Instant asOf,
    Duration lag,
    String total,
    List<JsonNode> items,
    Optional<String> nextCursor) {
  public Answer {
    items = List.copyOf(items);
  }
}
