package dev.freshet.view.collation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "utf8mb4_0900_ai_ci",
        "utf8mb4_0900_as_ci",
        "utf8mb4_0900_as_cs",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_ci",
        "utf8mb4_unicode_520_ci"
      })
  void theCanonicalTextOfEveryCharacterHasItsWeights(String name) {
    Collation collation = Collation.of(name).orElseThrow();
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        // The letter prevents that a space is taken for padding.
        String text = Character.toString(codePoint) + "x";
        String canonical = collation.canonical(text);
        if (!canonical.equals(text)) {
          assertThat(Arrays.equals(collation.weights(canonical), collation.weights(text)))
              .as("U+%04X", codePoint)
              .isTrue();
          assertThat(collation.canonical(canonical)).isEqualTo(canonical);
          if (canonical.codePointCount(0, canonical.length()) > 2) {
            String shortest = collation.shortest(canonical, Character.MAX_CODE_POINT);
            assertThat(shortest.codePointCount(0, shortest.length())).isLessThanOrEqualTo(2);
            assertThat(collation.canonical(shortest)).isEqualTo(canonical);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ana", "ANA", "aná", "a\u200bna"})
  void differentSpellingsHaveOneCanonicalText(String spelling) {
    assertThat(Collation.of("utf8mb4_0900_ai_ci").orElseThrow().canonical(spelling))
        .isEqualTo("ana");
  }

  @ParameterizedTest
  @CsvSource({
    "utf8mb4_0900_as_ci, Oﬃce, office",
    "utf8mb4_0900_as_ci, ÉTÉ, e\u0301te\u0301",
    "utf8mb4_0900_as_ci, straße, straße",
    "utf8mb4_0900_as_ci, Straẞe, straße",
    "utf8mb4_0900_as_cs, Ana, Ana",
    "utf8mb4_0900_as_cs, a\u200bn\u00e1, ana\u0301",
    "utf8mb4_0900_as_cs, Straẞe, Straẞe"
  })
  void accentsAndCasesAreKept(String collation, String spelling, String canonical) {
    assertThat(Collation.of(collation).orElseThrow().canonical(spelling)).isEqualTo(canonical);
  }

  @Test
  void theShortestTextHasTheFewestCharacters() {
    Collation collation = Collation.of("utf8mb4_0900_ai_ci").orElseThrow();
    assertThat(collation.shortest("aemaeae", 0xFFFF)).isEqualTo("ÆmÆÆ");
    String syllables = collation.canonical("한국어");
    assertThat(syllables).hasSizeGreaterThan(6);
    assertThat(collation.shortest(syllables, 0xFFFF)).isEqualTo("한국어");
    assertThat(collation.canonical("\uD83C\uDE01")).isEqualTo("ここ");
    assertThat(collation.shortest("ここ", Character.MAX_CODE_POINT)).isEqualTo("\uD83C\uDE01");
    assertThat(collation.shortest("ここ", 0xFFFF)).isEqualTo("ここ");
    assertThat(Collation.of("utf8mb4_bin").orElseThrow().shortest("ae ", 0xFFFF)).isEqualTo("ae");
  }
}
