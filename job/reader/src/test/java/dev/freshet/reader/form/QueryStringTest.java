package dev.freshet.reader.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.form.BadForm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryStringTest {
  @Test
  void keepsEveryValue() throws BadForm {
    assertThat(QueryString.parse("a=1&b=%26%3D+%2B&&a=&c&=x"))
        .isEqualTo(
            Map.of(
                "a", List.of("1", ""), "b", List.of("&= +"), "c", List.of(""), "", List.of("x")));
    assertThat(QueryString.parse("")).isEmpty();
    assertThat(QueryString.parse(null)).isEmpty();
  }

  @Test
  void refusesMalformedText() {
    assertThatThrownBy(() -> QueryString.parse("a=1&b=%zz"))
        .isInstanceOf(BadForm.class)
        .hasMessage("'%zz' has a stray %; write %25");
  }
}
