package dev.freshet.reader.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.BadForm;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
  private static final ViewPlan PLAN = PlanBuilder.inbox();
  private static final Object[] KEY = {42L, 7L};
  private static final Object[] AFTER = {1_000_001L, 9L};

  @Test
  void aCursorRoundTrips() throws BadForm {
    String cursor = Cursor.write(PLAN, KEY, List.of(), AFTER);

    assertThat(cursor).matches("[A-Za-z0-9_-]+");
    assertThat(Cursor.read(PLAN, KEY, List.of(), cursor)).containsExactly(AFTER);
  }

  @Test
  void aCursorRemembersNulls() throws BadForm {
    ViewPlan plan =
        PlanBuilder.plan("marks")
            .key("user_id", ValueType.INTEGER, "bigint")
            .entryKey("id", ValueType.INTEGER, "bigint")
            .nullable("seen", ValueType.DATE, "date")
            .descendingBy("seen")
            .build();
    Object[] key = {42L};
    Object[] after = {null, 9L};

    assertThat(Cursor.read(plan, key, List.of(), Cursor.write(plan, key, List.of(), after)))
        .containsExactly(after);
  }

  /** The other parts of a request's head must fit into the rest of 8 KiB. */
  @Test
  void aCursorOfTheLongestOrderFitsIntoARequest() throws BadForm {
    ViewPlan plan =
        PlanBuilder.plan("stories")
            .key("user_id", ValueType.INTEGER, "bigint")
            .entryKey("id", ValueType.INTEGER, "bigint")
            .column("_order_1", ValueType.BYTES, "varbinary(1024)")
            .column("_order_2", ValueType.BYTES, "varbinary(1024)")
            .descendingBy("_order_1")
            .descendingBy("_order_2")
            .build();
    Object[] key = {42L};
    Object[] after = {new byte[1024], new byte[1024], 9L};

    String cursor = Cursor.write(plan, key, List.of(), after);
    assertThat(cursor.length()).isLessThan(4096);
    assertThat(Cursor.read(plan, key, List.of(), cursor)).containsExactly(after);
  }

  @Test
  void aCursorBelongsToItsViewKeyAndOrder() {
    String cursor = Cursor.write(PLAN, KEY, List.of(), AFTER);
    ViewPlan other =
        PlanBuilder.plan("other")
            .key("user_id", ValueType.INTEGER, "bigint")
            .key("site_id", ValueType.INTEGER, "bigint")
            .entryKey("conversation_id", ValueType.INTEGER, "bigint")
            .build();
    ViewPlan reordered =
        PlanBuilder.plan("unread")
            .key("user_id", ValueType.INTEGER, "bigint")
            .key("site_id", ValueType.INTEGER, "bigint")
            .entryKey("conversation_id", ValueType.INTEGER, "bigint")
            .descendingBy("conversation_id")
            .build();

    assertThatThrownBy(() -> Cursor.read(other, KEY, List.of(), cursor))
        .isInstanceOf(BadForm.class)
        .hasMessage("the cursor belongs to another view than other");
    assertThatThrownBy(() -> Cursor.read(PLAN, new Object[] {42L, 8L}, List.of(), cursor))
        .isInstanceOf(BadForm.class)
        .hasMessage("the cursor belongs to another key of unread");
    assertThatThrownBy(() -> Cursor.read(reordered, KEY, List.of(), cursor))
        .isInstanceOf(BadForm.class)
        .hasMessage("the cursor was made for another order of unread; start without a cursor");
  }

  @Test
  void aCursorBelongsToItsBounds() throws BadForm {
    ViewPlan plan =
        PlanBuilder.plan("bounded")
            .key("user_id", ValueType.INTEGER, "bigint")
            .entryKey("id", ValueType.INTEGER, "bigint")
            .descendingBy("id")
            .bound("id", ViewPlan.End.FROM, true)
            .bound("id", ViewPlan.End.TO, false)
            .build();
    Object[] key = {42L};
    Object[] after = {9L};
    List<Optional<Object>> bounds = List.of(Optional.of(5L), Optional.empty());
    String cursor = Cursor.write(plan, key, bounds, after);

    assertThat(Cursor.read(plan, key, bounds, cursor)).containsExactly(after);
    for (List<Optional<Object>> others :
        List.<List<Optional<Object>>>of(
            List.of(Optional.empty(), Optional.empty()),
            List.of(Optional.of(6L), Optional.empty()),
            List.of(Optional.empty(), Optional.of(5L)))) {
      assertThatThrownBy(() -> Cursor.read(plan, key, others, cursor))
          .isInstanceOf(BadForm.class)
          .hasMessage("the cursor was made for other bounds; send the from and to of its page");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":\"unread\",\"k\":[\"42\",\"7\"],\"o\":[\"-last_message_at\",\"conversation_id\"],\"a\":[\"x\",\"9\"]}",
        "{\"v\":\"unread\",\"k\":[\"42\",\"7\"],\"o\":[\"-last_message_at\",\"conversation_id\"],\"a\":[\"1970-01-01T00:00:01.000001\",9]}",
        "{\"v\":\"unread\",\"k\":[\"42\",\"7\"],\"o\":[\"-last_message_at\",\"conversation_id\"],\"a\":[\"1970-01-01T00:00:01.1\",\"9\"]}",
        "{\"v\":\"unread\",\"k\":[\"42\",\"7\"],\"o\":[\"-last_message_at\",\"conversation_id\"],\"a\":[\"1970-01-01T00:00:01.000001\",null]}",
        "{\"v\":\"unread\",\"k\":[\"42\",\"7\"],\"o\":[\"-last_message_at\",\"conversation_id\"],\"a\":[\"1970-01-01T00:00:01.000001\",\"9\"],\"z\":1}"
      })
  void isRefusedWhenAltered(String json) {
    assertThatThrownBy(() -> Cursor.read(PLAN, KEY, List.of(), encode(json)))
        .isInstanceOf(BadForm.class)
        .hasMessage("the cursor was altered; send next_cursor of a page unchanged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "e30x", "bnVsbA", "WzFd", "e30gMQ", "ü", "ewAAAHsAAAA"})
  void isRefusedWhenItIsNone(String text) {
    assertThatThrownBy(() -> Cursor.read(PLAN, KEY, List.of(), text))
        .isInstanceOf(BadForm.class)
        .hasMessage("the text is not a cursor; send next_cursor of a page unchanged");
  }

  private static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
