package dev.freshet.view.declare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freshet.view.Catalogue;
import java.util.List;

/** Converts a catalogue to JSON and back, so that a plan can be recomputed from stored input. */
public final class CatalogueJson {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private static final List<String> LATER = List.of("uniqueKeys", "foreignKeys");

  private CatalogueJson() {}

  public static String write(Catalogue catalogue) {
    try {
      return JSON.writeValueAsString(catalogue);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a catalogue has plain values only", e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException if the text is not a catalogue
   */
  public static Catalogue read(String json) {
    try {
      JsonNode catalogue = JSON.readTree(json);
      for (JsonNode table : catalogue.path("tables")) {
        if (table instanceof ObjectNode fields) {
          // Catalogues that were stored before tables had these keys.
          LATER.forEach(fields::withArray);
        }
      }
      return JSON.treeToValue(catalogue, Catalogue.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the stored catalogue cannot be read: " + e.getOriginalMessage(), e);
    }
  }
}
