package dev.freshet.view.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.freshet.view.Column;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Key;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Reason;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Sources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123Z");
  private static final long VERSION = Version.of(1, 12, 4567);
  private static final Table USERS =
      new Table(
          "sample",
          "users",
          List.of(
              new Column("id", ValueType.INTEGER, false, "bigint", ""),
              new Column("name", ValueType.STRING, true, "text", ""),
              new Column("born", ValueType.DATE, true, "date", "")),
          List.of(0));
  private static final Key ROW = Key.of(3L, 42L);

  @Test
  void aFailureRoundTripsAndMatchesItsSchemas() throws IOException {
    FailureMessage retry = failure("read", new Object[] {42L, "Ada", 20_000L});
    assertThat(FailureMessage.read(retry.toJson()).toJson()).isEqualTo(retry.toJson());
    assertThat(retry.rowKey()).isEqualTo(ROW);
    assertThat(retry.version()).isEqualTo("1/binlog.000012:4567");
    assertThat(retry.primaryKey()).hasToString("{\"id\":42}");
    assertThat(retry.image()).hasToString("{\"id\":42,\"name\":\"Ada\",\"born\":\"2024-10-04\"}");
    assertFits(Stream.RETRY, retry.toJson());
    FailureMessage dead = failure("dead", null);
    assertThat(dead.image()).isNull();
    assertFits(Stream.DEAD_LETTER, dead.toJson());
    assertThat(problems(Stream.RETRY, dead.toJson())).isNotEmpty();
  }

  @Test
  void aLargeImageIsOmitted() throws IOException {
    FailureMessage message =
        failure("retry", new Object[] {42L, "ä".repeat(FailureMessage.MOST_IMAGE), null});
    assertThat(message.image()).isNull();
    assertThat(message.imageOmitted()).isTrue();
    assertThat(message.toJson()).hasSizeLessThan(1000);
    assertFits(Stream.RETRY, message.toJson());
  }

  @Test
  void aMessageWithoutItsImageIsTheSameMessage() throws IOException {
    FailureMessage message = failure("dead", new Object[] {42L, "Ada", null});
    FailureMessage without = message.withoutImage();
    assertThat(without.image()).isNull();
    assertThat(without.imageOmitted()).isTrue();
    assertThat(without)
        .usingRecursiveComparison()
        .ignoringFields("image", "imageOmitted")
        .isEqualTo(message);
    assertThat(failure("dead", null).withoutImage()).isEqualTo(failure("dead", null));
    assertFits(Stream.DEAD_LETTER, without.toJson());
  }

  @Test
  void anImpossibleDateIsShownAsInMysql() {
    long standIn = ImpossibleDate.dateOrStandIn(2024, 0, 10).toEpochDay();
    FailureMessage message = failure("read", new Object[] {42L, "Ada", standIn});
    assertThat(message.image().path("born").asText()).isEqualTo("2024-00-10");
  }

  @Test
  void allMessagesOfARowHaveTheSameKey() {
    assertThat(failure("read", null).kafkaKey())
        .isEqualTo(failure("dead", new Object[] {42L, "x", null}).kafkaKey());
  }

  @Test
  void aRequestRefersToItsDeadLetter() throws IOException {
    FailureMessage dead = failure("dead", null);
    RequestMessage request = RequestMessage.retry(dead, NOW);
    assertThat(RequestMessage.read(request.toJson())).isEqualTo(request);
    assertThat(request.rowKey()).isEqualTo(ROW);
    assertFits(Stream.REQUESTS, request.toJson());
  }

  @Test
  void aKeyRequestIsForAKeyOrARow() throws IOException {
    ViewPlan plan = Planner.plan(Sources.unreadConversations(), Sources.sample());
    KeyRequest repair = KeyRequest.repair("job", plan, new Object[] {-5L, 7L}, NOW);
    assertThat(repair.values()).containsExactly("-5", "7");
    KeyRequest row = KeyRequest.repairRow("job", plan, new Object[] {9L, 42L}, NOW);
    KeyRequest invalidate = KeyRequest.invalidate("job", plan, new Object[] {1L, 2L}, NOW);
    KeyRequest populate = KeyRequest.populate("job", plan, new Object[] {1L, 2L}, NOW);
    for (KeyRequest request : List.of(repair, row, invalidate, populate)) {
      assertThat(KeyRequest.read(request.toJson())).isEqualTo(request);
      assertFits(Stream.REQUESTS, request.toJson());
    }
    assertThat(repair.keyIn(plan)).isEqualTo(plan.viewKeyOf(-5L, 7L));
    assertThat(row.rowIn(plan)).containsExactly(9L, 42L);
    String wrong = new String(row.toJson(), StandardCharsets.UTF_8).replace("repair", "invalidate");
    assertThat(problems(Stream.REQUESTS, wrong.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
    assertThatThrownBy(() -> KeyRequest.read(wrong.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("'invalidate' of a 'row' is not a request");
    KeyRequest few = new KeyRequest(1, "repair", "job", "v", "key", List.of("1"), NOW.toString());
    assertThatThrownBy(() -> few.keyIn(plan))
        .hasMessage("v: a key has 2 values (user_id, site_id), not 1");
    KeyRequest text =
        new KeyRequest(1, "repair", "job", "v", "key", List.of("x", "1"), NOW.toString());
    assertThatThrownBy(() -> text.keyIn(plan))
        .hasMessageStartingWith("v: user_id: 'x' is not an integer");
  }

  @Test
  void aRequestWithTwoMeaningsOrNoneIsRefusedOnOneLine() {
    String good =
        "{\"format\":1,\"type\":\"repair\",\"job\":\"j\",\"view\":\"v\",\"of\":\"key\",\"values\":[%s],\"at\":\"2026-01-31T12:00:00Z\"}";
    assertThat(KeyRequest.read(bytes(good.formatted("\"a\"")))).isNotNull();
    for (String bad :
        List.of(
            good.formatted("\"\\ud800\""),
            good.formatted("null"),
            good.formatted("\"a\"") + " {}",
            good.formatted("\"a\"").replace("{", "{\"view\":\"w\","),
            "null",
            "[]",
            "",
            "a\nb")) {
      assertThatThrownBy(() -> KeyRequest.read(bytes(bad)))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .contains("is not a KeyRequest (")
          .doesNotContain("\n");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void keysThatWereReadAreReportedTogether() throws IOException {
    ViewPlan plan = Planner.plan(Sources.unreadConversations(), Sources.sample());
    KeysRead read = KeysRead.of("job", plan, List.of(List.of(-5L, 7L), List.of(1L, 2L)), NOW);

    assertThat(KeysRead.read(read.toJson())).isEqualTo(read);
    assertFits(Stream.REQUESTS, read.toJson());
    assertThat(KeysRead.isOne(read.toJson())).isTrue();
    assertThat(KeyRequest.isOne(read.toJson())).isFalse();
    assertThat(read.keysIn(plan)).containsExactly(plan.viewKeyOf(-5L, 7L), plan.viewKeyOf(1L, 2L));
    assertThatThrownBy(
            () ->
                new KeysRead(1, "read", "job", "v", List.of(List.of("x", "1")), NOW.toString())
                    .keysIn(plan))
        .hasMessageStartingWith("v: user_id: 'x' is not an integer");
  }

  @Test
  void everyReasonFitsTheSchemaOfInvalidations() throws IOException {
    ViewPlan plan = Planner.plan(Sources.unreadConversations(), Sources.sample());
    assertFits(
        Stream.INVALIDATION,
        InvalidationMessage.absent("job", plan, plan.viewKeyOf(5L, 7L), VERSION, NOW).toJson());
    for (Reason reason : Reason.values()) {
      assertFits(
          Stream.INVALIDATION,
          InvalidationMessage.of("job", plan, plan.viewKeyOf(5L, 7L), reason, VERSION, NOW)
              .toJson());
    }
  }

  @Test
  void aDeadEventRoundTripsAndMatchesItsSchema() throws IOException {
    DeadEventMessage dead = deadEvent(Reason.UNREADABLE.wireName(), new byte[] {0, -1});
    assertThat(DeadEventMessage.read(dead.toJson())).isEqualTo(dead);
    assertThat(dead.record()).isEqualTo("AP8=");
    assertThat(dead.kafkaKey()).asString().isEqualTo("job/view/shipments/3:4711");
    assertFits(Stream.DEAD_EVENT, dead.toJson());
    DeadEventMessage late = deadEvent(DeadEventMessage.BEFORE_HORIZON, null);
    assertThat(DeadEventMessage.read(late.toJson())).isEqualTo(late);
    assertFits(Stream.DEAD_EVENT, late.toJson());
  }

  @Test
  void aLargeRecordIsOmitted() throws IOException {
    DeadEventMessage dead =
        deadEvent(Reason.TOO_LARGE.wireName(), new byte[DeadEventMessage.MOST_RECORD + 1]);
    assertThat(dead.record()).isNull();
    assertThat(dead.recordOmitted()).isTrue();
    assertFits(Stream.DEAD_EVENT, dead.toJson());
    assertThat(
            deadEvent(Reason.TOO_LARGE.wireName(), new byte[DeadEventMessage.MOST_RECORD])
                .recordOmitted())
        .isFalse();
  }

  private static DeadEventMessage deadEvent(String reason, byte[] value) {
    return DeadEventMessage.of(
        "job", "view", "shipments", 3, 4711, reason, "the record is not JSON", NOW, value);
  }

  @Test
  void malformedMessagesAreRefusedInOneLine() {
    byte[] text = "{\"format\":1,\"job\":\"x\"}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> FailureMessage.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a FailureMessage")
        .hasMessageNotContaining("\n");
    String newer =
        new String(failure("read", null).toJson(), StandardCharsets.UTF_8)
            .replace("\"format\":1", "\"format\":2");
    assertThatThrownBy(() -> FailureMessage.read(newer.getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("format 2 is not known");
  }

  /** A message of 172 bytes made the job allocate 1 GiB. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // A text and bytes of 1 GiB, digits of -1 byte, a number of 1e2147483647.
        "AQAAAAAAAAAABEAAAAA",
        "AQAAAAAAAAAABUAAAAA",
        "AQAAAAAAAAAAAgAAAAD_____",
        "AQAAAAAAAAAAAoAAAAEAAAABAQ",
        // A NULL, an unknown kind of value, the key 1.50 in place of 1.5.
        "AQAAAAAAAAAAAA",
        "CQ",
        "AgAAAAIAAAACAJY"
      })
  void aRowThatIsNoKeyIsRefusedInOneLine(String row) {
    RequestMessage message =
        new RequestMessage(1, "retry", "job", "v", row, "binlog.000001:4", 0, 1, NOW.toString());
    assertThatThrownBy(() -> RequestMessage.read(message.toJson()).rowKey())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + row + "'")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{\"a\":1}",
        "{\"format\":1e999999999}",
        "{\"format\":1\n,\n\"job\":{}}",
      })
  void otherTextsAreRefusedInOneLine(String text) {
    assertThatThrownBy(() -> RequestMessage.read(text.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a RequestMessage")
        .hasMessageNotContaining("\n");
  }

  @Test
  void deepAndLongMessagesAreRefused() {
    for (String text :
        List.of(
            "{\"x\":" + "[".repeat(100_000),
            "{\"order\":" + "9".repeat(200) + "}",
            "{\"job\":\"" + "x".repeat(2 << 20) + "\"}")) {
      assertThatThrownBy(() -> RequestMessage.read(text.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .hasSizeLessThan(1_000);
    }
  }

  @Test
  void fieldsOfANewerVersionAreIgnored() {
    String more =
        new String(failure("read", null).toJson(), StandardCharsets.UTF_8)
            .replace("{\"format\"", "{\"more\":[1],\"format\"");
    assertThat(FailureMessage.read(more.getBytes(StandardCharsets.UTF_8)).toJson())
        .isEqualTo(failure("read", null).toJson());
  }

  private static FailureMessage failure(String next, Object[] values) {
    return FailureMessage.of(
        new FailureMessage.Place("job", "view", new PlanNode("u", USERS, -1, List.of(), true, 0)),
        ROW,
        new FailureMessage.Cause(VERSION, 7, 1, Reason.UNSTORABLE, true, "it holds a NUL", NOW),
        next,
        NOW.plusSeconds(1),
        values);
  }

  private static void assertFits(Stream stream, byte[] json) throws IOException {
    assertThat(problems(stream, json)).isEmpty();
  }

  private static Iterable<?> problems(Stream stream, byte[] json) throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(stream.schema())
        .validate(new ObjectMapper().readTree(json));
  }
}
