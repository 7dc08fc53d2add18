package dev.freshet.view.form;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Parses JSON that others wrote so that it has one meaning: no object has a name twice, nothing
 * follows the value, and all text is valid Unicode. The shape is up to the caller to check: a path
 * into a {@link JsonNode} of another shape yields a missing node, but {@code get} yields null.
 */
public final class StrictJson {
  /** The largest depth, name, number and text that is parsed. */
  public static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(32)
          .maxNameLength(1_000)
          .maxNumberLength(100)
          .maxStringLength(1 << 20)
          .build();

  private static final JsonMapper JSON =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(BOUNDS).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();
  private static final String DUPLICATE = "Duplicate field";
  private static final String HALF = "not valid Unicode: a text has half of a surrogate pair";

  private StrictJson() {}

  /**
   * Parses UTF-8.
   *
   * @throws BadForm as {@link #parse(String)}
   */
  public static JsonNode parse(byte[] utf8) throws BadForm {
    try {
      return parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString());
    } catch (CharacterCodingException e) {
      throw new BadForm("not UTF-8");
    }
  }

  /**
   * Parses a text.
   *
   * @throws BadForm with the kind of the fault; its message completes a sentence that ends in "is"
   *     and never contains a part of the text
   */
  public static JsonNode parse(String text) throws BadForm {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // The exception's message may quote the text; its line and column cannot. A number or text
      // that is too long has none.
      JsonLocation at = e.getLocation() == null ? JsonLocation.NA : e.getLocation();
      throw new BadForm(
          "not JSON (line %d, column %d)%s"
              .formatted(
                  at.getLineNr(),
                  at.getColumnNr(),
                  e.getOriginalMessage().startsWith(DUPLICATE)
                      ? ": an object has a name twice"
                      : ""));
    } catch (NumberFormatException e) {
      // Jackson lets it through when an exponent exceeds an int.
      throw new BadForm("not JSON: a number has too large an exponent");
    }
    if (root.isMissingNode()) {
      throw new BadForm("not JSON: the text is empty");
    }
    if (!isValid(root)) {
      throw new BadForm(HALF);
    }
    return root;
  }

  private static boolean isValid(JsonNode node) {
    if (node.isTextual() && !Unicode.isValid(node.textValue())) {
      return false;
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!Unicode.isValid(field.getKey())) {
        return false;
      }
    }
    for (JsonNode child : node) {
      if (!isValid(child)) {
        return false;
      }
    }
    return true;
  }
}
