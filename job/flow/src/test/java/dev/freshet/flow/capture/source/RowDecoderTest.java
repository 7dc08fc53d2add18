package dev.freshet.flow.capture.source;

import static dev.freshet.flow.capture.SamplePlan.optional;
import static dev.freshet.flow.capture.SamplePlan.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.binlog.Unreadable;
import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.node.Probe;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import org.junit.jupiter.api.Test;

/** Which values of a row can be used, which still tell whom it touches, and which tell nothing. */
class RowDecoderTest {
  private static final Handling TEN_BYTES = new Handling(10, Probe.NONE);
  private static final long BAD_DAY = ImpossibleDate.dateOrStandIn(2024, 0, 10).toEpochDay();

  @Test
  void whatIsReadableTellsWhomTheRowTouches() {
    RowDecoder.Decoded nul = decode("a\0b", 1L, "x");
    assertThat(nul.values()).containsExactly("a\0b", 1L, "x");
    assertThat(nul.poison().reason()).isEqualTo(Reason.UNSTORABLE);
    assertThat(nul.poison().placed()).isTrue();

    RowDecoder.Decoded large = decode("more than ten", 1L, "x");
    assertThat(large.values()).containsExactly("more than ten", 1L, "x");
    assertThat(large.poison().reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(large.poison().placed()).isTrue();
  }

  @Test
  void whatTellsNothingIsDropped() {
    assertThat(decode("k", 1L, "a\0b").values()).containsExactly("k", 1L, null);
    assertThat(decode("k", 1L, "more than ten").values()).containsExactly("k", 1L, null);
    RowDecoder.Decoded date = decode("k", BAD_DAY, "x");
    assertThat(date.values()).containsExactly("k", null, "x");
    assertThat(date.poison().reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(date.poison().placed()).isTrue();
    assertThat(date.poison().message()).contains("2024-00-10 is not a valid date");
  }

  @Test
  void aRowWithoutAKeyIsNobodys() {
    assertThatThrownBy(() -> decode(null, 1L, "x"))
        .isInstanceOf(Undecodable.class)
        .hasMessageContaining("db.t")
        .hasMessageContaining("NULL in a NOT NULL column");
  }

  @Test
  void aValueThatWasNotReadTellsNothing() {
    RowDecoder.Decoded unread = decode("k", 1L, new Unreadable("it holds other characters"));
    assertThat(unread.poison().reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(unread.poison().placed()).isTrue();
    assertThat(unread.poison().message()).contains("db.t.text", "it holds other characters");
    assertThat(unread.values()[2]).isNull();
  }

  private static RowDecoder.Decoded decode(String key, Long day, Object text) {
    JobPlan plan =
        SamplePlan.of(
            "db",
            "t",
            required("key", ValueType.STRING, "varchar(9)"),
            required("day", ValueType.DATE, "date"),
            optional("text", ValueType.STRING, "varchar(9)"));
    return new RowDecoder(
            plan, plan.nodes().get(0), plan.nodes().get(0).plan().table().columns(), TEN_BYTES)
        .decode(new Object[] {key, day, text});
  }
}
