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
 * @param state of the key in the projection; empty when the projection could not be asked
 * @param reason why it comes from MySQL; empty when it does not
 * @param version up to which the page is complete; empty from MySQL
 * @param asOf up to when it is known to be current
 * @param lag how long ago that was when the answer was made
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
