package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.freshet.reader.answer.Answer;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that {@code openapi.yaml} lists the same things as the code. */
class OpenApiTest {
  private final JsonNode description = read();

  @Test
  void listsEveryKindOfProblem() {
    assertThat(texts(schema("Problem").path("properties").path("type").path("enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Problem.Kind.values())
                .map(kind -> "urn:freshet:problem:" + kind.wireName())
                .toList());
  }

  @Test
  void listsSourcesStatesAndReasons() {
    JsonNode answer = schema("Answer").path("properties");
    assertThat(texts(answer.path("source").path("enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Answer.Source.values()).map(Answer.Source::wireName).toList());
    assertThat(texts(answer.path("state").path("enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(Stream.of(KeyState.values()).map(KeyState::name), Stream.of("null"))
                .toList());
    List<String> reasons = FallbackReason.all().stream().map(FallbackReason::wireName).toList();
    assertThat(texts(answer.path("reason").path("enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(reasons.stream(), Stream.of("null")).toList());
    JsonNode doubt = schema("Doubt").path("properties");
    assertThat(texts(doubt.path("state").path("enum")))
        .isEqualTo(texts(answer.path("state").path("enum")));
    assertThat(texts(doubt.path("reason").path("enum")))
        .containsExactlyInAnyOrderElementsOf(reasons);
  }

  @Test
  void requiresEveryFieldItDescribesButOne() {
    for (String name :
        List.of(
            "Answer",
            "Answers",
            "Column",
            "DeadLetter",
            "DeadLetters",
            "Doubt",
            "Fallback",
            "Fallbacks",
            "Health",
            "History",
            "Problem",
            "Range",
            "Requested",
            "RequestedForLetter",
            "Unanswered",
            "View",
            "Views")) {
      assertThat(texts(schema(name).path("required")))
          .containsExactlyInAnyOrderElementsOf(
              names(schema(name).path("properties")).stream()
                  .filter(field -> !field.equals("stale"))
                  .toList());
    }
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    for (JsonNode reference : description.findValues("$ref")) {
      assertThat(description.at(reference.textValue().substring(1)).isMissingNode())
          .as(reference.textValue())
          .isFalse();
    }
  }

  private JsonNode schema(String name) {
    return description.path("components").path("schemas").path(name);
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  private static JsonNode read() {
    try (InputStream in = OpenApiTest.class.getResourceAsStream("/openapi.yaml")) {
      return new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
