package dev.freshet.view.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
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
 *
 * <p>Anyone who may write into a topic sends messages. Depth, texts and numbers are bounded.
 */
final class Json {
  /** The maximum number of characters of a message in an exception. */
  private static final int MOST_SHOWN = 200;

  /** A message has objects in an object; a newer version may have deeper ones. */
  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(32)
          .maxNameLength(1_000)
          .maxNumberLength(100)
          .maxStringLength(1 << 20)
          .build();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(BOUNDS).build())
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
      T message = MAPPER.readValue(json, type);
      if (message == null) {
        throw new IllegalArgumentException("'null' is not a " + type.getSimpleName());
      }
      return message;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "'"
              + shown(json)
              + "' is not a "
              + type.getSimpleName()
              + " ("
              + line(String.valueOf(e.getMessage()).lines().findFirst().orElse(""))
              + ")",
          e);
    }
  }

  /** Whether a message has a field; false if the text does not begin a JSON object. */
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

  private static String shown(byte[] json) {
    // A character has at most 4 bytes.
    int length = Math.min(json.length, 4 * MOST_SHOWN);
    return line(new String(json, 0, length, StandardCharsets.UTF_8));
  }

  /** A text for an exception's message: shortened, and on one line. */
  static String line(String text) {
    String shown = text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
    return shown.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", " ");
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
