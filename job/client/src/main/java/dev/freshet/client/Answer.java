package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A page of a key's entries, and how current it is. Immutable, except for the JSON nodes.
 *
 * @param key the key's columns by name
 * @param source where the page was read: {@code projection} or {@code mysql}
 * @param state the key's state in the projection, such as {@code VALID}; empty if Postgres did not
 *     answer the reader
 * @param reason why the reader asked MySQL; empty if it did not
 * @param stale whether the page is older than the view's FRESHNESS because MySQL did not answer;
 *     only views declared with {@code stale-on-error} have such answers
 * @param version the binlog position up to which the page is complete; empty if the page is from
 *     MySQL
 * @param asOf the time up to which the page is known to be current
 * @param lag the age of the page when the reader made the answer: the time since {@code asOf}
 * @param total the number of the key's entries, counted up to 1000: {@code 128}, or {@code 1000+};
 *     with {@link Query#countingAll} exactly
 * @param items the entries in the view's order, each with its columns by name
 * @param nextCursor the cursor of the next page; empty on the last page
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
