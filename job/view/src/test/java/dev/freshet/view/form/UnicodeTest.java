package dev.freshet.view.form;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnicodeTest {
  @Test
  void halfOfASurrogatePairIsNotValid() {
    for (String text : new String[] {"", "?", "ü", "😀", "\ud83d\ude00", "\uFFFD"}) {
      assertThat(Unicode.isValid(text)).as(text).isTrue();
    }
    for (String text :
        new String[] {"\ud800", "\udfff", "\ude00\ud83d", "a\ud83d", "\ud83d\ud83d\ude00"}) {
      assertThat(Unicode.isValid(text)).isFalse();
    }
  }
}
