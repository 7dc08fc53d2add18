package dev.freshet.view.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
  @Test
  void jsonWithOneMeaningIsParsed() throws BadForm {
    assertThat(StrictJson.parse("{\"a\":[1,\"\\ud83d\\ude00\",null]} ").path("a")).hasSize(3);
    assertThat(StrictJson.parse("\"ü\"".getBytes(StandardCharsets.UTF_8)).textValue())
        .isEqualTo("ü");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"hush\":1,\"hush\":2}",
        "{\"a\":{\"hush\":1,\"hush\":1}}",
        "{} hush",
        "{}{}",
        "hush",
        "{\"hush\"",
        "[1,]",
        "{'hush':1}",
        "NaN",
        "[1e96157656157658]",
        "[-1E-96157656157658]",
        ""
      })
  void jsonWithTwoMeaningsOrNoneIsRefusedWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> StrictJson.parse(text))
        .isInstanceOf(BadForm.class)
        .hasMessageStartingWith("not JSON")
        .hasMessageNotContaining("hush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\\ud800\"", "[{\"\\udfff\":1}]", "{\"a\":[\"b\\ude00\\ud83d\"]}"})
  void halfOfASurrogatePairIsRefused(String text) {
    assertThatThrownBy(() -> StrictJson.parse(text))
        .isInstanceOf(BadForm.class)
        .hasMessage("not valid Unicode: a text has half of a surrogate pair");
  }

  @Test
  void octetsMustBeUtf8() {
    byte[] half = {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'};
    byte[] utf16 = "{}".getBytes(StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> StrictJson.parse(half)).hasMessage("not UTF-8");
    assertThatThrownBy(() -> StrictJson.parse(utf16)).hasMessageStartingWith("not JSON");
  }
}
