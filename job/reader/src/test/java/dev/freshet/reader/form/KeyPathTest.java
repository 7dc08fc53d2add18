package dev.freshet.reader.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyPathTest {
  @Test
  void decodesEachSegmentSeparately() throws BadForm {
    assertThat(KeyPath.segments("v/a%2Fb/%F0%9F%98%80/+/%25//"))
        .containsExactly("v", "a/b", "😀", "+", "%", "", "");
  }

  @Test
  void refusesTextThatIsNotPercentEncodedUtf8() {
    assertThatThrownBy(() -> KeyPath.segments("v/100%"))
        .isInstanceOf(BadForm.class)
        .hasMessage("'100%' has a stray %; write %25");
    assertThatThrownBy(() -> KeyPath.segments("v/%+1"))
        .isInstanceOf(BadForm.class)
        .hasMessage("'%+1' has a stray %; write %25");
    assertThatThrownBy(() -> KeyPath.segments("v/%FF"))
        .isInstanceOf(BadForm.class)
        .hasMessage("'%FF' is not UTF-8");
    assertThatThrownBy(() -> KeyPath.segments("v/ü"))
        .isInstanceOf(BadForm.class)
        .hasMessage("the address has characters beyond ASCII; percent-encode their UTF-8");
  }

  @Test
  void parsesPartsByTheirColumns() throws BadForm {
    assertThat(KeyPath.parse(PlanBuilder.inbox(), List.of("42", "-7"))).containsExactly(42L, -7L);
  }

  @Test
  void aBadPartIsReportedWithColumnValueAndForm() {
    assertThatThrownBy(() -> KeyPath.parse(PlanBuilder.inbox(), List.of("42", "x")))
        .isInstanceOf(BadForm.class)
        .hasMessage("key part site_id: 'x' is not an integer; write it like 42");
  }

  @Test
  void namesTheKeyWhenPartsAreMissingOrTooMany() {
    assertThatThrownBy(() -> KeyPath.parse(PlanBuilder.inbox(), List.of("42")))
        .isInstanceOf(BadForm.class)
        .hasMessage("view unread has 2 key parts (user_id/site_id), not 1");
    ViewPlan single =
        PlanBuilder.plan("by_name").key("name", ValueType.STRING, "varchar(9)").build();
    assertThatThrownBy(() -> KeyPath.parse(single, List.of("a", "b")))
        .isInstanceOf(BadForm.class)
        .hasMessage("view by_name has 1 key part (name), not 2");
  }
}
