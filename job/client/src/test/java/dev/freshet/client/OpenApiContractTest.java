package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The client reads everything that the reader's {@code openapi.yaml} describes. */
class OpenApiContractTest {
  private static final String PROBLEM = "urn:freshet:problem:";

  private final JsonNode schemas;

  OpenApiContractTest() throws IOException {
    Path description = Path.of("../reader/src/main/resources/openapi.yaml");
    schemas = new YAMLMapper().readTree(description.toFile()).path("components").path("schemas");
  }

  @Test
  void knowsEveryKindOfProblem() {
    List<String> described = texts(property("Problem", "type").path("enum"));
    assertThat(described).isNotEmpty();
    assertThat(
            Stream.of(Problem.Kind.values())
                .filter(kind -> kind != Problem.Kind.OTHER)
                .map(kind -> PROBLEM + kind.wireName()))
        .containsExactlyInAnyOrderElementsOf(described);
    for (String type : described) {
      assertThat(Problem.Kind.ofType(type)).as(type).isNotEqualTo(Problem.Kind.OTHER);
    }
  }

  @Test
  void recordsHaveEveryDescribedField() {
    assertThat(components(Answer.class)).containsExactlyInAnyOrderElementsOf(fields("Answer"));
    assertThat(components(Doubt.class)).containsExactlyInAnyOrderElementsOf(fields("Doubt"));
    assertThat(components(Requested.class))
        .containsExactlyInAnyOrderElementsOf(fields("Requested"));
  }

  @Test
  void readsEveryFieldOfAnAnswer() throws IOException {
    ObjectNode json = new JsonMapper().createObjectNode();
    for (String field : fields("Answer").stream().map(OpenApiContractTest::snakeCase).toList()) {
      switch (property("Answer", field).path("type").asText()) {
        case "boolean" -> json.put(field, true);
        case "integer" -> json.put(field, 17);
        case "array" -> json.putArray(field).addObject().put("id", 5);
        case "object" -> json.putObject(field).put("owner", 3);
        default ->
            json.put(field, field.equals("as_of") ? "2026-01-31T11:59:58Z" : "some " + field);
      }
    }
    Answer answer = ReaderJson.answer(json);
    assertThat(answer.view()).isEqualTo("some view");
    assertThat(answer.key().path("owner").asInt()).isEqualTo(3);
    assertThat(answer.source()).isEqualTo("some source");
    assertThat(answer.state()).contains("some state");
    assertThat(answer.reason()).contains("some reason");
    assertThat(answer.stale()).isTrue();
    assertThat(answer.version()).contains("some version");
    assertThat(answer.asOf()).hasToString("2026-01-31T11:59:58Z");
    assertThat(answer.lag()).hasMillis(17);
    assertThat(answer.total()).isEqualTo("some total");
    assertThat(answer.items())
        .singleElement()
        .extracting(item -> item.path("id").asInt())
        .isEqualTo(5);
    assertThat(answer.nextCursor()).contains("some next_cursor");

    json.remove("stale");
    assertThat(ReaderJson.answer(json).stale()).isFalse();
  }

  /** The fields of a schema, by the names of Java. */
  private List<String> fields(String schema) {
    List<String> fields = new ArrayList<>();
    schemas.path(schema).path("properties").fieldNames().forEachRemaining(fields::add);
    return fields.stream().map(OpenApiContractTest::camelCase).toList();
  }

  private JsonNode property(String schema, String field) {
    return schemas.path(schema).path("properties").path(field);
  }

  private static List<String> components(Class<?> type) {
    return Stream.of(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /** {@code lag_ms} is a duration, which has no unit in its name. */
  private static String camelCase(String field) {
    return Pattern.compile("_(.)")
        .matcher(field.replaceFirst("_ms$", ""))
        .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
  }

  private static String snakeCase(String name) {
    return name.equals("lag")
        ? "lag_ms"
        : name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
