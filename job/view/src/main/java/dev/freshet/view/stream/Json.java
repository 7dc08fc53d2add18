package dev.freshet.view.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.form.JsonForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes and parses messages as JSON. Ignores unknown fields, which a newer version may have added.
 */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
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
      return MAPPER.readValue(json, type);
    } catch (IOException e) {
      String text = new String(json, StandardCharsets.UTF_8);
      throw new IllegalArgumentException(
          "'"
              + text.substring(0, Math.min(200, text.length()))
              + "' is not a "
              + type.getSimpleName()
              + " ("
              + e.getMessage().lines().findFirst().orElse("")
              + ")",
          e);
    }
  }

  /** Whether a message has a field; false if the text is not a JSON object. */
  static boolean has(byte[] json, String field) {
    try {
      return MAPPER.readTree(json).has(field);
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
