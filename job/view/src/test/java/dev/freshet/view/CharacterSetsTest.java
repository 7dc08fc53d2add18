package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CharacterSetsTest {
  @Test
  void unicodeIsDecodedExactly() {
    assertThat(CharacterSets.doubted("utf8mb4_0900_bin")).isEmpty();
    assertThat(CharacterSets.doubted("utf8mb3_general_ci")).isEmpty();
    assertThat(CharacterSets.doubted("")).isEmpty();
  }

  @Test
  void othersAreDecodedExceptForDoubtfulCharacters() {
    assertThat(isDoubted("latin1_bin", "é")).isFalse();
    assertThat(isDoubted("latin1_bin", "a\uFFFD")).isTrue();
    assertThat(isDoubted("koi8u_bin", "и")).isFalse();
    assertThat(isDoubted("koi8u_bin", "\u2555")).isTrue();
    assertThat(isDoubted("gbk_chinese_ci", "你")).isFalse();
    assertThat(isDoubted("gbk_chinese_ci", "\uE4C6")).isTrue();
  }

  @Test
  void characterSetsWithoutAJavaCharsetAreNotDecoded() {
    assertThat(CharacterSets.isRead("ucs2_bin")).isFalse();
    assertThat(CharacterSets.isRead("swe7_swedish_ci")).isFalse();
    assertThat(CharacterSets.isRead("utf16le_bin")).isTrue();
    assertThat(CharacterSets.isRead("utf8mb4_0900_ai_ci")).isTrue();
  }

  private static boolean isDoubted(String collation, String text) {
    return CharacterSets.doubted(collation).orElseThrow().matcher(text).find();
  }
}
