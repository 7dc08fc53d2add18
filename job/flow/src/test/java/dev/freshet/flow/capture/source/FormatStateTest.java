package dev.freshet.flow.capture.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.capture.source.TableDefinition.Definition;
import dev.freshet.view.DecoderFuzz;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatStateTest {
  private static final Tables.Source TABLE =
      new Tables(SamplePlan.inbox("sample")).sources().get(0);
  private static final Definition COLUMN = new Definition("id", "bigint unsigned", "", false, "");

  private static String text() {
    FormatState state = new FormatState();
    state.use(TABLE, COLUMN);
    state.define(TABLE, new TableDefinition(List.of(COLUMN)));
    return state.text();
  }

  @Test
  void aStateRoundTrips() {
    FormatState state = FormatState.parse(text());
    assertThat(state.definition(TABLE)).contains(new TableDefinition(List.of(COLUMN)));
    assertThat(state.text()).isEqualTo(text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A name of 1 GiB, and -1 tables.
        "AQAAAAFAAAAA",
        "Af////8=",
        "AQAAAAA=",
        "!"
      })
  void aDamagedStateIsRefused(String text) {
    assertThatThrownBy(() -> FormatState.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mutatedStates() {
    new DecoderFuzz()
        .with(
            "FormatState",
            text -> FormatState.parse(new String(text, ISO_8859_1)),
            IllegalArgumentException.class,
            bytes -> Base64.getEncoder().encode(bytes),
            List.of(Base64.getDecoder().decode(text())))
        .run();
  }
}
