package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * The reader handed a request to the view's job, which has not carried it out yet.
 *
 * @param requested {@code repair} or {@code invalidate}
 * @param at when the reader handed the request over
 */
public record Requested(String view, JsonNode key, String requested, Instant at) {}
