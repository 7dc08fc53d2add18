package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A job was asked for something; it is not done yet.
 *
 * @param requested {@code repair} or {@code invalidate}
 * @param at when the job was asked
 */
public record Requested(String view, JsonNode key, String requested, Instant at) {}
