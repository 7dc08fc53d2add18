package dev.freshet.view.expr;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LikePatternTest {
  @Test
  void percentStandsForAnyCharactersAndUnderscoreForOne() {
    assertThat(matches("", "")).isTrue();
    assertThat(matches("%", "")).isTrue();
    assertThat(matches("_", "")).isFalse();
    assertThat(matches("a%", "abc")).isTrue();
    assertThat(matches("%a", "ab")).isFalse();
    assertThat(matches("%ab%ab", "abcab")).isTrue();
    assertThat(matches("%ab%ab", "abab ")).isFalse();
    assertThat(matches("a__", "ab\uD83D\uDE00")).isTrue();
    assertThat(matches("_%_", "\uD83D\uDE00")).isFalse();
    assertThat(matches("%%_%", "x")).isTrue();
    assertThat(matches("abc", "ab")).isFalse();
  }

  @Test
  void whatFollowsTheEscapeStandsForItself() {
    assertThat(matches("50!%", "50%")).isTrue();
    assertThat(matches("50!%", "50x")).isFalse();
    assertThat(matches("!_!!", "_!")).isTrue();
    assertThat(matches("a!", "a!")).as("an escape at the end").isTrue();
  }

  private static boolean matches(String pattern, String text) {
    return LikePattern.of(pattern, OptionalInt.of('!'), (one, other) -> one == other).matches(text);
  }
}
