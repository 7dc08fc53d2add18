package dev.freshet.flow.capture;

import static dev.freshet.flow.capture.SamplePlan.optional;
import static dev.freshet.flow.capture.SamplePlan.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.node.Probe;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import io.debezium.time.Date;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Schema;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

/** Which values of a row can be used, which still tell whom it touches, and which tell nothing. */
class RowDecoderTest {
  private static final Handling TEN_BYTES = new Handling(10, Probe.NONE);
  private static final int BAD_DAY = (int) ImpossibleDate.dateOrStandIn(2024, 0, 10).toEpochDay();

  @Test
  void whatIsReadableTellsWhomTheRowTouches() {
    RowDecoder.Decoded nul = decode("a\0b", 1, "x");
    assertThat(nul.values()).containsExactly("a\0b", 1L, "x");
    assertThat(nul.poison().reason()).isEqualTo(Reason.UNSTORABLE);
    assertThat(nul.poison().placed()).isTrue();

    RowDecoder.Decoded large = decode("more than ten", 1, "x");
    assertThat(large.values()).containsExactly("more than ten", 1L, "x");
    assertThat(large.poison().reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(large.poison().placed()).isTrue();
  }

  @Test
  void whatTellsNothingIsDropped() {
    assertThat(decode("k", 1, "a\0b").values()).containsExactly("k", 1L, null);
    assertThat(decode("k", 1, "more than ten").values()).containsExactly("k", 1L, null);
    RowDecoder.Decoded date = decode("k", BAD_DAY, "x");
    assertThat(date.values()).containsExactly("k", null, "x");
    assertThat(date.poison().reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(date.poison().placed()).isTrue();
    assertThat(date.poison().message()).contains("2024-00-10 is in no calendar");
  }

  @Test
  void aRowWithoutAKeyIsNobodys() {
    assertThatThrownBy(() -> decode(null, 1, "x"))
        .isInstanceOf(Undecodable.class)
        .hasMessageContaining("db.t")
        .hasMessageContaining("NULL where none may be");
  }

  @Test
  void theReplacementCharacterIsTakenFromUnicodeAlone() {
    assertThat(decode("k", 1, "\uFFFD").poison()).isNull();
    Column latin = new Column("text", ValueType.STRING, true, "varchar(9)", "latin1_bin");
    RowDecoder.Decoded inexact = decode(latin, "k", 1, "\uFFFD");
    assertThat(inexact.poison().reason()).isEqualTo(Reason.UNREADABLE);
    assertThat(inexact.poison().placed()).isTrue();
    assertThat(inexact.values()[2]).isNull();
  }

  private static RowDecoder.Decoded decode(String key, Integer day, String text) {
    return decode(optional("text", ValueType.STRING, "varchar(9)"), key, day, text);
  }

  private static RowDecoder.Decoded decode(Column last, String key, Integer day, String text) {
    JobPlan plan =
        SamplePlan.of(
            "db",
            "t",
            required("key", ValueType.STRING, "varchar(9)"),
            required("day", ValueType.DATE, "date"),
            last);
    Schema schema =
        SchemaBuilder.struct()
            .field("key", Schema.OPTIONAL_STRING_SCHEMA)
            .field("day", Date.schema())
            .field("text", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    Struct row = new Struct(schema).put("key", key).put("day", day).put("text", text);
    return new RowDecoder(plan, plan.nodes().get(0), TEN_BYTES).decode(row, "row");
  }
}
