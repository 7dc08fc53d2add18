package dev.freshet.view.form;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OneLineTest {
  @Test
  void whatCouldBeginALineOrControlATerminalIsWrittenByItsNumber() {
    assertThat(OneLine.of("a\r\nERROR forged\t\u001b[2J\u0000"))
        .isEqualTo("a\\u000d\\u000aERROR forged\\u0009\\u001b[2J\\u0000");
    assertThat(OneLine.of("\u0085\u2028\u2029\u202e\u200b\uFEFF"))
        .isEqualTo("\\u0085\\u2028\\u2029\\u202e\\u200b\\ufeff");
    assertThat(OneLine.of("a\ud800b")).isEqualTo("a\\ud800b");
    assertThat(OneLine.of("ümit 😀 \\ \"'")).isEqualTo("ümit 😀 \\ \"'");
    assertThat(OneLine.of(null)).isEqualTo("null");
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    assertThat(OneLine.of("abcdef", 3)).isEqualTo("abc…");
    assertThat(OneLine.of("abc", 3)).isEqualTo("abc");
    assertThat(OneLine.of("ab😀", 3)).as("no half of a character").isEqualTo("ab…");
    assertThat(OneLine.of("x".repeat(10_000))).hasSize(OneLine.LONGEST + 1);
  }
}
