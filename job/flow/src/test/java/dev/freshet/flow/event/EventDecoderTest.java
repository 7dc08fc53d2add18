package dev.freshet.flow.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Column;
import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import dev.freshet.view.declare.EventPlanner;
import dev.freshet.view.event.EventView;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventDecoderTest {
  private static final int MOST_BYTES = 1000;

  private static final List<EventColumn> COLUMNS =
      List.of(
          EventColumn.text("id"),
          EventColumn.timestamp("at", 6),
          EventColumn.text("customer"),
          EventColumn.integer("order", 32),
          EventColumn.bool("paid"),
          EventColumn.integer("size", 64),
          EventColumn.decimal("amount", 5, 2),
          EventColumn.of("ratio", ValueType.DOUBLE),
          EventColumn.of("blob", ValueType.BYTES),
          EventColumn.of("day", ValueType.DATE),
          new EventColumn("hour", ValueType.TIME, 0, 0),
          new EventColumn("local", ValueType.DATETIME, 3, 0));

  private static final EventDecoder DECODER =
      new EventDecoder(COLUMNS, 0, 1, List.of(2, 3), MOST_BYTES);

  private static final String REQUIRED =
      "'id':'e1','at':'2026-01-31T11:59:58.000001Z','customer':'c','order':7";
  private static final Key KEY = Key.of("c", 7L);
  private static final long AT = 1_769_860_798_000_001L;

  private static Decoded decode(String json) {
    return DECODER.decode(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  /** The value of a column in an event that also has the required fields. */
  private static Object value(String field, String json) {
    Decoded decoded = decode("{" + REQUIRED + ",'" + field + "':" + json + "}");
    assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (COLUMNS.get(i).name().equals(field)) {
        return ((Decoded.Accepted) decoded).event().row()[i];
      }
    }
    throw new AssertionError(field);
  }

  @Test
  void aRecordIsAnEventWithItsKeyAndMissingFieldsAreNull() {
    Decoded.Accepted accepted =
        (Decoded.Accepted) decode("{'unknown':{'id':[1,{'id':2}]}," + REQUIRED + ",'paid':null}");
    assertThat(accepted.group()).isEqualTo(KEY);
    assertThat(accepted.event().id()).isEqualTo("e1");
    assertThat(accepted.event().time()).isEqualTo(AT);
    assertThat(accepted.event().row())
        .containsExactly("e1", AT, "c", 7L, null, null, null, null, null, null, null, null);
  }

  @Test
  void valuesHaveTheCanonicalForm() {
    assertThat(value("paid", "true")).isEqualTo(1L);
    assertThat(value("paid", "false")).isEqualTo(0L);
    assertThat(value("size", "-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    assertThat(value("size", "'9223372036854775807'")).isEqualTo(Long.MAX_VALUE);
    assertThat(value("size", "1.20e1")).isEqualTo(12L);
    assertThat(value("amount", "1")).isEqualTo(new BigDecimal("1.00"));
    assertThat(value("amount", "'-999.990'")).isEqualTo(new BigDecimal("-999.99"));
    assertThat(value("amount", "0e99")).isEqualTo(new BigDecimal("0.00"));
    assertThat(value("ratio", "-0.0")).isEqualTo(0.0);
    assertThat(value("ratio", "1e-7")).isEqualTo(1e-7);
    assertThat((byte[]) value("blob", "'AP8='")).containsExactly(0, -1);
    assertThat(value("day", "'1970-01-02'")).isEqualTo(1L);
    assertThat(value("hour", "'00:00:01.9'")).isEqualTo(1_000_000L);
    assertThat(value("local", "'1970-01-01T00:00:00.0019'")).isEqualTo(1_000L);
    assertThat(value("local", "'1969-12-31 23:59:59.9999'")).isEqualTo(-1_000L);
    assertThat(value("at2", "1", "'1970-01-01 01:00:00.123456789+01:00'")).isEqualTo(123_456L);
  }

  /** The time of an event whose time has another form. */
  private static Object value(String unknown, String number, String time) {
    Decoded decoded =
        decode(
            "{'%s':%s,'id':'e','customer':'c','order':1,'at':%s}".formatted(unknown, number, time));
    return ((Decoded.Accepted) decoded).event().row()[1];
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "paid|1|not true or false",
        "paid|'true'|not true or false",
        "size|true|not an integer",
        "size|1.5|not a whole number",
        "size|'1,5'|not an integer",
        "size|' 1'|not an integer",
        "size|''|not an integer",
        "size|9223372036854775808|beyond an integer of 64 bits",
        "size|1e99|beyond an integer of 64 bits",
        "size|1e2147483647|beyond an integer of 64 bits",
        "size|1e9999999999|a number with too large an exponent",
        "size|[1]|an object or array",
        "size|{}|an object or array",
        "amount|false|not a number such as 12.50",
        "amount|1.234|a number with more than 2 digits after the point",
        "amount|1e-2147483647|a number with more than 2 digits after the point",
        "amount|1000|a number with more than 3 digits before the point",
        "amount|1e2147483647|a number with more than 3 digits before the point",
        "ratio|'1.5'|not a number such as 12.5",
        "ratio|1e400|beyond a DOUBLE",
        "blob|'A'|not base64",
        "blob|7|not base64",
        "day|'2026-02-30'|a day that no calendar has",
        "day|'0000-01-01'|a day that no calendar has",
        "day|20260130|not a date such as \"2026-01-31\"",
        "hour|'11:60:00'|not a time such as \"11:59:58\"",
        "local|'2026-01-31T11:59:58Z'|not a time without a zone such as \"2026-01-31T11:59:58\"",
        "local|'2026-01-31T24:00:00'|a time that no calendar has",
      })
  void aWrongValueIsRefusedWithItsFieldAndNamesTheKey(String field, String json, String what) {
    assertThat(decode("{'" + field + "':" + json + "," + REQUIRED + "}"))
        .isEqualTo(
            new Decoded.Refused(
                Reason.UNREADABLE, "the field " + field + " is " + what, Optional.of(KEY)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'id':null|UNREADABLE|the field id is missing; it identifies the event",
        "'id':''|UNREADABLE|the field id is empty; it identifies the event",
        "'id':7|UNREADABLE|the field id is not a string",
        "'id':'a\\u0000'|UNSTORABLE|the field id is a text with a NUL character, which Postgres"
            + " cannot hold",
        "'id':'\\ud83d'|UNREADABLE|the field id is a text with half of a surrogate pair",
        "'at':null|UNREADABLE|the field at is missing; it says when the event occurred",
        "'at':1769860798|UNREADABLE|the field at is not a time such as \"2026-01-31T11:59:58Z\"",
        "'at':'2026-01-31T11:59:58'|UNREADABLE|the field at is not a time with a zone such as"
            + " \"2026-01-31T11:59:58Z\"",
        "'at':'2026-01-31T11:59:58+19:00'|UNREADABLE|the field at is a time with an offset that no"
            + " zone has",
        "'x':1,'x':2|UNREADABLE|the record has a field twice",
        "'paid':true,'paid':true|UNREADABLE|the field paid is there twice",
      })
  void aRecordWithoutIdOrTimeOrWithAFieldTwiceIsRefusedAndNamesTheKey(
      String fields, Reason reason, String why) {
    String name = fields.substring(0, fields.indexOf(':'));
    StringBuilder all = new StringBuilder("{").append(fields);
    for (String field : REQUIRED.split(",", -1)) {
      if (!field.startsWith(name + ":")) {
        all.append(',').append(field);
      }
    }
    assertThat(decode(all + "}")).isEqualTo(new Decoded.Refused(reason, why, Optional.of(KEY)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'order':7|UNPLACEABLE|the field customer is missing; it is a column of the key",
        "'customer':null,'order':7|UNPLACEABLE|the field customer is missing; it is a column of the"
            + " key",
        "'customer':'c','order':'x'|UNREADABLE|the field order is not an integer",
        "'customer':'c','order':2147483648|UNREADABLE|the field order is beyond an integer of 32"
            + " bits",
        "'customer':'c','order':7,'order':7|UNREADABLE|the field order is there twice",
        "'customer':'c\\u0000','order':7|UNSTORABLE|the field customer is a text with a NUL"
            + " character, which Postgres cannot hold",
      })
  void aRecordWhoseKeyCannotBeReadNamesNone(String fields, Reason reason, String why) {
    assertThat(decode("{'id':'e1','at':'2026-01-31T11:59:58Z'," + fields + "}"))
        .isEqualTo(new Decoded.Refused(reason, why, Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "7",
        "{",
        "{'a'}",
        "{'a':}",
        "{'a':01}",
        "{'a':NaN}",
        "{'a':'",
        "{}{}",
        "{} x",
        "{'a':1,}",
        "{a:1}",
        "// comment"
      })
  void whatIsNotOneJsonObjectIsRefused(String json) {
    assertThat(((Decoded.Refused) decode(json)).why())
        .containsAnyOf("not JSON", "not a JSON object", "more after its JSON object");
    assertThat(((Decoded.Refused) decode(json)).group()).isEmpty();
  }

  @Test
  void aCutRecordNamesNoKey() {
    String record = "{" + REQUIRED + "}";
    for (int length = 0; length < record.length(); length++) {
      Decoded decoded = decode(record.substring(0, length));
      assertThat(decoded).isInstanceOf(Decoded.Refused.class);
      assertThat(((Decoded.Refused) decoded).group()).isEmpty();
    }
  }

  @Test
  void aRecordThatIsTooLargeOrDeepOrHasNoValueIsRefused() {
    String padding = "{" + REQUIRED + ",'x':'";
    int left = MOST_BYTES - padding.length() - 2;
    assertThat(decode(padding + "x".repeat(left) + "'}")).isInstanceOf(Decoded.Accepted.class);
    assertThat(decode(padding + "x".repeat(left + 1) + "'}"))
        .isEqualTo(
            new Decoded.Refused(
                Reason.TOO_LARGE,
                "the record has 1001 bytes, at most 1000 are read",
                Optional.empty()));
    assertThat(decode("{" + REQUIRED + ",'x':" + "[".repeat(50) + "]".repeat(50) + "}"))
        .isInstanceOf(Decoded.Refused.class);
    assertThat(((Decoded.Refused) DECODER.decode(null)).why()).contains("has no value");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] record = ("{" + REQUIRED + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    record[7] = (byte) 0xff;
    assertThat(((Decoded.Refused) DECODER.decode(record)).why())
        .isEqualTo("the record is not UTF-8");
  }

  @Test
  void reasonsHaveNoPartOfTheRecord() {
    for (String json : List.of("{'secret", "{'a':secret}", "{" + REQUIRED + ",'day':'secret'}")) {
      assertThat(((Decoded.Refused) decode(json)).why()).doesNotContain("secret");
    }
  }

  @Test
  void damagedRecordsAreRefusedInBoundedTimeAndMemory() {
    String all =
        "{"
            + REQUIRED
            + ",'paid':true,'size':1e5,'amount':'1.5','ratio':1e-7,'blob':'AP8=',"
            + "'day':'2026-01-31','hour':'11:59:58','local':'2026-01-31T11:59:58','x':[{'y':1}]}";
    byte[] sample = all.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    assertThat(DECODER.decode(sample)).isInstanceOf(Decoded.Accepted.class);
    byte[] small = Arrays.copyOf(sample, sample.length);
    new DecoderFuzz()
        .with("event", DECODER::decode, Set.of(), UnaryOperator.identity(), List.of(small))
        .run();
  }

  @Test
  void aDeclaredTableHasADecoder() {
    EventView view = EventPlanner.plan(Orders.declaration("orders"));
    EventDecoder decoder = EventDecoder.of(view, MOST_BYTES);
    String event =
        "{\"event_id\":\"e1\",\"occurred_at\":\"2026-01-31T11:59:58.000001Z\","
            + "\"customer\":\"c\",\"order_id\":7,\"amount\":9223372036854775807}";
    Decoded.Accepted accepted =
        (Decoded.Accepted) decoder.decode(event.getBytes(StandardCharsets.UTF_8));
    assertThat(accepted.group()).isEqualTo(KEY);
    assertThat(accepted.event().row())
        .containsExactly("e1", AT, null, "c", 7L, null, Long.MAX_VALUE);
    byte[] tooLarge = event.replace(":7,", ":2147483648,").getBytes(StandardCharsets.UTF_8);
    assertThat(((Decoded.Refused) decoder.decode(tooLarge)).why())
        .isEqualTo("the field order_id is beyond an integer of 32 bits");
  }

  @Test
  void eachTypeOfADeclaredTableIsATypeOfAnEvent() {
    assertThat(EventColumn.of(declared("tinyint(1)", ValueType.INTEGER)))
        .isEqualTo(EventColumn.bool("x"));
    assertThat(EventColumn.of(declared("int", ValueType.INTEGER)))
        .isEqualTo(EventColumn.integer("x", 32));
    assertThat(EventColumn.of(declared("bigint", ValueType.INTEGER)))
        .isEqualTo(EventColumn.integer("x", 64));
    assertThat(EventColumn.of(declared("decimal(10,2)", ValueType.DECIMAL)))
        .isEqualTo(EventColumn.decimal("x", 10, 2));
    assertThat(EventColumn.of(declared("timestamp(6)", ValueType.TIMESTAMP)))
        .isEqualTo(EventColumn.timestamp("x", 6));
    assertThat(EventColumn.of(declared("datetime(3)", ValueType.DATETIME)))
        .isEqualTo(new EventColumn("x", ValueType.DATETIME, 3, 0));
    assertThat(EventColumn.of(declared("longtext", ValueType.STRING)))
        .isEqualTo(EventColumn.text("x"));
    for (ValueType type : List.of(ValueType.DOUBLE, ValueType.DATE)) {
      assertThat(EventColumn.of(declared(type.name().toLowerCase(Locale.ROOT), type)))
          .isEqualTo(EventColumn.of("x", type));
    }
    assertThatThrownBy(() -> EventColumn.of(declared("geometry", ValueType.BYTES)))
        .hasMessage("column x: events have no type geometry");
  }

  private static Column declared(String mysqlType, ValueType type) {
    return new Column("x", type, true, mysqlType, "");
  }

  @Test
  void aRequiredFieldThatIsMissingOrNullIsRefused() {
    EventDecoder decoder =
        new EventDecoder(
            List.of(
                EventColumn.text("id"),
                EventColumn.timestamp("at", 6),
                EventColumn.text("customer"),
                EventColumn.of(new Column("name", ValueType.STRING, false, "longtext", ""))),
            0,
            1,
            List.of(2),
            MOST_BYTES);
    String event = "{\"id\":\"e1\",\"at\":\"2026-01-31T11:59:58Z\",\"customer\":\"c\"%s}";
    for (String name : List.of("", ",\"name\":null")) {
      assertThat(decoder.decode(event.formatted(name).getBytes(StandardCharsets.UTF_8)))
          .isEqualTo(
              new Decoded.Refused(
                  Reason.UNREADABLE,
                  "the field name is missing; it is declared NOT NULL",
                  Optional.of(Key.of("c"))));
    }
    byte[] whole = event.formatted(",\"name\":\"n\"").getBytes(StandardCharsets.UTF_8);
    assertThat(decoder.decode(whole)).isInstanceOf(Decoded.Accepted.class);
  }

  @Test
  void columnsThatCannotIdentifyOrDateAnEventAreRefused() {
    assertThatThrownBy(() -> new EventDecoder(COLUMNS, 7, 1, List.of(2), MOST_BYTES))
        .hasMessage("column ratio: the id of an event is a STRING or an INTEGER, not a DOUBLE");
    assertThatThrownBy(() -> new EventDecoder(COLUMNS, 0, 11, List.of(2), MOST_BYTES))
        .hasMessage("column local: the time of an event is a TIMESTAMP, not a DATETIME");
    assertThatThrownBy(() -> new EventDecoder(COLUMNS, 0, 1, List.of(), MOST_BYTES))
        .hasMessage("events are grouped by no column");
    assertThatThrownBy(() -> EventColumn.decimal("d", 5, 6))
        .hasMessage("column d: DECIMAL cannot have precision 5 and scale 6");
  }
}
