package dev.freshet.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Parses and writes the reader's JSON. Ignores unknown fields, which a newer reader may send. */
final class ReaderJson {
  private static final JsonMapper MAPPER = new JsonMapper();

  private ReaderJson() {}

  /**
   * Parses a body.
   *
   * @throws IOException if it is not JSON
   */
  static JsonNode read(byte[] body) throws IOException {
    JsonNode node = MAPPER.readTree(body);
    if (node == null || !node.isContainerNode()) {
      throw new IOException("not the JSON of a reader: " + body.length + " bytes");
    }
    return node;
  }

  static Answer answer(JsonNode json) throws IOException {
    List<JsonNode> items = new ArrayList<>();
    json.path("items").forEach(items::add);
    return new Answer(
        text(json, "view"),
        json.path("key"),
        text(json, "source"),
        optional(json, "state"),
        optional(json, "reason"),
        json.path("stale").asBoolean(false),
        optional(json, "version"),
        instant(json, "as_of"),
        Duration.ofMillis(json.path("lag_ms").asLong()),
        text(json, "total"),
        items,
        optional(json, "next_cursor"));
  }

  static Doubt doubt(JsonNode json) throws IOException {
    return new Doubt(
        text(json, "view"),
        json.path("key"),
        optional(json, "state"),
        text(json, "reason"),
        instant(json, "at"));
  }

  static List<Outcome> outcomes(JsonNode json) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (JsonNode each : json.path("answers")) {
      outcomes.add(
          each.has("problem")
              ? new Outcome.Failed(each.path("key"), problem(each.path("problem")))
              : new Outcome.Answered(answer(each)));
    }
    return outcomes;
  }

  static Requested requested(JsonNode json) throws IOException {
    return new Requested(
        text(json, "view"), json.path("key"), text(json, "requested"), instant(json, "at"));
  }

  private static Problem problem(JsonNode json) {
    return new Problem(
        Problem.Kind.ofType(json.path("type").asText()),
        json.path("status").asInt(),
        json.path("title").asText(),
        json.path("detail").asText());
  }

  /**
   * The problem that an error response states; of kind {@link Problem.Kind#OTHER} if it is not a
   * reader's.
   */
  static Problem problem(int status, byte[] body) {
    try {
      Problem stated = problem(read(body));
      return new Problem(stated.kind(), status, stated.title(), stated.detail());
    } catch (IOException e) {
      return new Problem(
          Problem.Kind.OTHER,
          status,
          "Not the response of a reader",
          "check what the URL leads to");
    }
  }

  /** The body of a request for many keys. */
  static byte[] batch(List<List<String>> keys, OptionalInt limit) {
    ObjectNode body = MAPPER.createObjectNode();
    ArrayNode all = body.putArray("keys");
    for (List<String> key : keys) {
      ArrayNode values = all.addArray();
      key.forEach(values::add);
    }
    limit.ifPresent(most -> body.put("limit", most));
    try {
      return MAPPER.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "a request of texts and numbers cannot be written as JSON; this is a bug in the client",
          e);
    }
  }

  private static String text(JsonNode json, String field) throws IOException {
    return optional(json, field)
        .orElseThrow(() -> new IOException("not the answer of a reader: it lacks " + field));
  }

  private static Instant instant(JsonNode json, String field) throws IOException {
    try {
      return Instant.parse(text(json, field));
    } catch (DateTimeParseException e) {
      throw new IOException("not the answer of a reader: " + field + " is not a time", e);
    }
  }

  private static Optional<String> optional(JsonNode json, String field) {
    JsonNode value = json.path(field);
    return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
  }
}
