package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * The projection does not vouch for what it has of a key: the answer that was told last may be out
 * of date. The next answer ends it.
 *
 * @param key its columns by name
 * @param state of the key in the projection; empty when the projection could not be asked
 * @param reason by the name that answers have for it
 * @param at when the reader found out
 */
public record Doubt(String view, JsonNode key, Optional<String> state, String reason, Instant at) {}
