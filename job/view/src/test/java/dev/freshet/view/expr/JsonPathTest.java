package dev.freshet.view.expr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathTest {
  private static final String DOCUMENT =
      "{\"a\": {\"b\": [1, 2.50, \"]}\", {}, []]}, \"b\": null, \"x y\": \"q\\\"\\\\\\u0001\\n, é\", \"\": true}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "$.a.b[0] | 1",
        "$.a.b[1] | 2.50",
        "$.a.b[2] | ]}",
        "$.a.b[3] | {}",
        "$.a.b[4] | []",
        "$.a.b[5] |",
        "$.a.b[4][0] |",
        "$.a[0].b[3] | {}",
        "$[0].b | null",
        "$.b[0][0] | null",
        "$.b[1] |",
        "$.b.a |",
        "$.a | `{\"b\": [1, 2.50, \"]}\", {}, []]}`",
        "$.\"\" | true",
        "$.c |"
      })
  void findsOneValue(String path, String text) {
    assertThat(JsonPath.of(path).orElseThrow().text(DOCUMENT)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"'7', '$', 7", "'\"s\"', '$[0]', s", "'[[1], 2]', '$[0][0]', 1", "'null', '$', null"})
  void aDocumentMayBeNoObject(String document, String path, String text) {
    assertThat(JsonPath.of(path).orElseThrow().text(document)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$.\"x y\""})
  void textsAreShownWithoutEscapes(String path) {
    assertThat(JsonPath.of(path).orElseThrow().text(DOCUMENT)).isEqualTo("q\"\\\u0001\n, é");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        ".a",
        "$.",
        "$.*",
        "$[*]",
        "$**.a",
        "$.a[last]",
        "$[0 to 1]",
        "$.é",
        "$.1a",
        "$ .a",
        "$.\"a\\\"b\"",
        "$.a-b"
      })
  void otherPathsAreNotRead(String path) {
    assertThat(JsonPath.of(path)).isEmpty();
  }
}
