package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenTest {
  private final Token token = new Token("0123456789");

  @Test
  void isShownAsABearerToken() {
    assertThat(token.isShownBy("Bearer 0123456789")).isTrue();
    assertThat(token.isShownBy("bearer  0123456789 ")).isTrue();
  }

  @Test
  void nothingElseShowsIt() {
    for (String header :
        new String[] {
          null,
          "",
          "0123456789",
          "Basic 0123456789",
          "Bearer",
          "Bearer 012345678",
          "Bearer 01234567890"
        }) {
      assertThat(token.isShownBy(header)).as(String.valueOf(header)).isFalse();
    }
  }
}
