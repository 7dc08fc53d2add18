package dev.freshet.view.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.JsonForm;
import dev.freshet.view.form.OneLine;
import dev.freshet.view.form.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes and parses messages as JSON. Ignores unknown fields, which a newer version may have added.
 *
 * <p>Anyone who may write into a topic sends messages. Depth, texts and numbers are bounded.
 */
final class Json {
  /** The maximum number of characters of a message in an exception. */
  private static final int MOST_SHOWN = 200;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(StrictJson.BOUNDS).build())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private Json() {}

  static byte[] write(Object message) {
    try {
      return MAPPER.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a message has plain values only", e);
    }
  }

  /**
   * Parses a message.
   *
   * @throws IllegalArgumentException with a message of one line if the text is not such a message
   */
  static <T> T read(byte[] json, Class<T> type) {
    try {
      // Anybody who may write to the topic sends messages; a message with two meanings has none.
      JsonNode message = StrictJson.parse(json);
      if (message.isObject()) {
        return MAPPER.treeToValue(message, type);
      }
      throw refused(json, type, new BadForm("not an object"));
    } catch (IOException | BadForm e) {
      throw refused(json, type, e);
    }
  }

  private static IllegalArgumentException refused(byte[] json, Class<?> type, Exception cause) {
    // A character has at most 4 bytes.
    String text =
        new String(json, 0, Math.min(json.length, 4 * MOST_SHOWN), StandardCharsets.UTF_8);
    return new IllegalArgumentException(
        "'%s' is not a %s (%s)"
            .formatted(
                OneLine.of(text, MOST_SHOWN), type.getSimpleName(), OneLine.of(cause.getMessage())),
        cause);
  }

  /** Whether a message has a field; false if the text is not a JSON object. */
  static boolean has(byte[] json, String field) {
    try (JsonParser parser = MAPPER.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        if (parser.currentName().equals(field)) {
          return true;
        }
        parser.nextToken();
        parser.skipChildren();
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /** Writes a value; a date that no calendar has is written as MySQL prints it. */
  private static void write(TokenBuffer json, Column column, Object value) throws IOException {
    if (ImpossibleDate.isStandIn(column.type(), value)) {
      json.writeString(ImpossibleDate.text(column.type(), value));
    } else {
      JsonForm.write(json, column, value);
    }
  }

  /** Converts values to JSON by the names of their columns, in the form of answers. */
  static ObjectNode values(List<Column> columns, Object[] values) {
    try (TokenBuffer json = new TokenBuffer(MAPPER, false)) {
      json.writeStartObject();
      for (int i = 0; i < values.length; i++) {
        json.writeFieldName(columns.get(i).name());
        write(json, columns.get(i), values[i]);
      }
      json.writeEndObject();
      return MAPPER.readTree(json.asParser());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
