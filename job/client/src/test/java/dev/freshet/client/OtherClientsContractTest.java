package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The types of the clients for TypeScript and Python are those of {@code openapi.yaml}. */
class OtherClientsContractTest {
  private final JsonNode schemas;
  private final String typescript;
  private final String python;

  OtherClientsContractTest() throws IOException {
    Path description = Path.of("../reader/src/main/resources/openapi.yaml");
    schemas = new YAMLMapper().readTree(description.toFile()).path("components").path("schemas");
    typescript = Files.readString(Path.of("../client-typescript/freshet.d.ts"));
    python = Files.readString(Path.of("../client-python/freshet.py"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Answer", "Doubt", "Problem", "Unanswered", "Requested"})
  void typesHaveTheDescribedFields(String schema) {
    List<String> fields = new ArrayList<>();
    schemas.path(schema).path("properties").fieldNames().forEachRemaining(fields::add);
    List<String> required = texts(schemas.path(schema).path("required"));
    assertThat(fields).isNotEmpty();

    String type = block(typescript, "export interface " + schema + "\\b[^{]*\\{\n", "\n\\}");
    assertThat(names(type, "^  (\\w+)\\??: ")).containsExactlyInAnyOrderElementsOf(fields);
    assertThat(names(type, "^  (\\w+): ")).containsExactlyInAnyOrderElementsOf(required);

    // Python has the optional fields of an answer in a class of its own.
    String all =
        block(python, "class _?" + schema + "\\(TypedDict\\):\n", "\n\n\n")
            + (schema.equals("Answer")
                ? block(python, "class Answer\\(_Answer[^)]*\\):\n", "\n\n\n")
                : "");
    assertThat(names(all, "^    (\\w+): ")).containsExactlyInAnyOrderElementsOf(fields);
  }

  @Test
  void typescriptHasTheDescribedValues() {
    assertThat(alternatives("State")).containsExactlyInAnyOrderElementsOf(values("Doubt", "state"));
    assertThat(alternatives("Reason"))
        .containsExactlyInAnyOrderElementsOf(values("Doubt", "reason"))
        .containsExactlyInAnyOrderElementsOf(values("Answer", "reason"));
    assertThat(alternatives("ProblemType"))
        .containsExactlyInAnyOrderElementsOf(values("Problem", "type"));
    assertThat(texts(schemas.path("Answer").path("properties").path("source").path("enum")))
        .containsExactly("projection", "mysql");
    assertThat(typescript).contains("source: \"projection\" | \"mysql\";");
  }

  private List<String> alternatives(String type) {
    return names(block(typescript, "export type " + type + " =", ";"), "\"([^\"]+)\"");
  }

  private List<String> values(String schema, String field) {
    return texts(schemas.path(schema).path("properties").path(field).path("enum")).stream()
        .filter(value -> !value.equals("null"))
        .toList();
  }

  private static String block(String text, String from, String to) {
    List<MatchResult> found =
        Pattern.compile(from + "(.*?)" + to, Pattern.DOTALL).matcher(text).results().toList();
    assertThat(found).as(from).hasSize(1);
    return "\n" + found.get(0).group(1);
  }

  private static List<String> names(String text, String pattern) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  private static List<String> texts(JsonNode array) {
    return Stream.iterate(0, i -> i < array.size(), i -> i + 1)
        .map(i -> array.path(i).asText())
        .toList();
  }
}
