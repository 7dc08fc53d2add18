package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * An event of a stream: the projection cannot currently vouch for a key, so the last answer may be
 * out of date. The next answer ends the doubt.
 *
 * @param key the key's columns by name
 * @param state the key's state in the projection; empty if the projection did not answer the reader
 * @param reason why, as in {@link Answer#reason}
 * @param at when the reader noticed
 */
public record Doubt(String view, JsonNode key, Optional<String> state, String reason, Instant at) {}
