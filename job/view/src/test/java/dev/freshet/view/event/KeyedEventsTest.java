package dev.freshet.view.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Collections2;
import dev.freshet.view.DecoderFuzz;
import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import dev.freshet.view.event.KeyedEvents.Answer;
import dev.freshet.view.event.KeyedEvents.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The histories of the field, in all orders, with each event delivered twice in turn. */
class KeyedEventsTest {
  private static final int NAME = 0;
  private static final int WAREHOUSE = 1;
  private static final int PUBLISHED = 2;
  private static final int EVENTS = 3;
  private static final int CREATED = 4;
  private static final int CANCELLED = 5;

  private static final Argument KIND = Argument.field(ValueType.STRING, 0);
  private static final Argument AT = Argument.field(ValueType.TIMESTAMP, 1);
  private static final Argument TEXT = Argument.field(ValueType.STRING, 2);

  private static final ReadModel MODEL =
      new ReadModel(
          List.of(
              EventFunction.maxBy(TEXT, AT).where(is("renamed")),
              EventFunction.setOnce(TEXT).where(is("placed")),
              EventFunction.min(AT).where(is("published")),
              EventFunction.count(),
              EventFunction.boolOr(is("created")),
              EventFunction.boolOr(is("cancelled"))),
          new Expr.And(List.of(isTrue(CREATED), new Expr.Not(isTrue(CANCELLED)))));

  private static Expr is(String kind) {
    return new Expr.Comparison(
        Expr.Comparator.EQUAL,
        KIND.expr(),
        new Expr.Literal(ValueType.STRING, kind),
        ValueType.STRING,
        "");
  }

  private static Expr isTrue(int function) {
    return new Expr.NotZero(new Expr.ColumnRef(0, function));
  }

  /** An event whose id names its kind and time. */
  private static DomainEvent event(String kind, long at, String text) {
    return new DomainEvent(kind + at, at, new Object[] {kind, at, text});
  }

  private static final DomainEvent CREATION = event("created", 10, null);

  /** The only answer in all orders, however often and in however many parts the events come. */
  private static Answer only(DomainEvent... history) throws IOException {
    byte[] first = null;
    KeyedEvents last = MODEL.empty();
    for (DomainEvent again : history) {
      List<DomainEvent> deliveries = new ArrayList<>(List.of(history));
      deliveries.add(again);
      List<Integer> indices = new ArrayList<>();
      for (int i = 0; i < deliveries.size(); i++) {
        indices.add(i);
      }
      for (List<Integer> order : Collections2.permutations(indices)) {
        KeyedEvents left = MODEL.empty();
        KeyedEvents right = MODEL.empty();
        for (int i = 0; i < order.size(); i++) {
          (i % 3 == 0 ? left : right).add(deliveries.get(order.get(i)), 0);
          left = MODEL.read(left.toBytes());
        }
        left.merge(right);
        left.merge(right);
        first = first == null ? left.toBytes() : first;
        assertThat(left.toBytes()).isEqualTo(first);
        last = left;
      }
    }
    return last.answer();
  }

  private static Object[] visible(DomainEvent... history) throws IOException {
    assertThat(only(history)).isInstanceOf(Answer.Visible.class);
    return ((Answer.Visible) only(history)).results();
  }

  @Test
  void aNameThatChangedTwiceIsTheLastOne() throws IOException {
    Object[] row =
        visible(
            CREATION,
            event("renamed", 20, "first"),
            event("renamed", 30, "second"),
            event("renamed", 40, "third"));
    assertThat(row[NAME]).isEqualTo("third");
    assertThat(row[EVENTS]).isEqualTo(4L);
  }

  @Test
  void aWarehouseThatWasDecidedOnceStays() throws IOException {
    Object[] row =
        visible(
            CREATION,
            event("placed", 20, null),
            event("placed", 30, "north"),
            event("placed", 40, null));
    assertThat(row[WAREHOUSE]).isEqualTo("north");
  }

  @Test
  void theFirstPublicationIsTheEarliest() throws IOException {
    Object[] row =
        visible(
            CREATION,
            event("published", 50, null),
            event("published", 20, null),
            event("published", 30, null));
    assertThat(row[PUBLISHED]).isEqualTo(20L);
  }

  @Test
  void aRecordThatWasCreatedAgainByRedeliveryStaysHidden() throws IOException {
    assertThat(only(CREATION, event("cancelled", 11, null), event("renamed", 12, "late")))
        .isEqualTo(new Answer.Hidden());
  }

  @Test
  void aKeyIsHiddenUntilItsCreationComesAndKeepsWhatCameBefore() {
    KeyedEvents key = MODEL.empty();
    assertThat(key.answer()).isEqualTo(new Answer.Hidden());
    assertThat(key.add(event("placed", 20, "north"), 0)).isEqualTo(Outcome.APPLIED);
    assertThat(key.answer()).isEqualTo(new Answer.Hidden());
    assertThat(key.add(CREATION, 0)).isEqualTo(Outcome.APPLIED);
    assertThat(key.add(CREATION, 0)).isEqualTo(Outcome.UNCHANGED);
    assertThat(((Answer.Visible) key.answer()).results())
        .containsExactly(null, "north", null, 2L, 1L, 0L);
    key.add(event("placed", 30, "south"), 0);
    assertThat(key.conflicts()).isEqualTo(1);
  }

  @Test
  void anEventBeforeTheHorizonIsRefusedAndOneAtItIsNot() {
    KeyedEvents key = MODEL.empty();
    byte[] before = key.toBytes();
    assertThat(key.add(CREATION, 11)).isEqualTo(Outcome.BEFORE_HORIZON);
    assertThat(key.toBytes()).isEqualTo(before);
    assertThat(key.add(CREATION, 10)).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void onlyAHiddenKeyWithoutEventsSinceTheHorizonIsForgettable() {
    KeyedEvents key = MODEL.empty();
    key.add(CREATION, 0);
    assertThat(key.isForgettable(1000)).isFalse();
    key.add(event("cancelled", 12, null), 0);
    assertThat(key.isForgettable(12)).isFalse();
    assertThat(key.isForgettable(13)).isTrue();
    KeyedEvents forgotten = MODEL.empty();
    assertThat(forgotten.add(CREATION, 13)).isEqualTo(Outcome.BEFORE_HORIZON);
    assertThat(forgotten.answer()).isEqualTo(new Answer.Hidden());
  }

  @Test
  void anEventThatOneFunctionRefusesChangesNone() {
    KeyedEvents key = MODEL.empty();
    byte[] before = key.toBytes();
    assertThatThrownBy(() -> key.add(event("placed", 20, "\uD83D"), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(key.toBytes()).isEqualTo(before);
  }

  @Test
  void aSumThatNoTypeHoldsIsToldWithItsFunction() {
    Argument number = Argument.field(ValueType.INTEGER, 0);
    ReadModel sums =
        new ReadModel(List.of(EventFunction.count(), EventFunction.sum(number)), Expr.TRUE);
    KeyedEvents key = sums.empty();
    key.add(new DomainEvent("a", 1, new Object[] {Long.MAX_VALUE}), 0);
    key.add(new DomainEvent("b", 1, new Object[] {1L}), 0);
    assertThat(key.answer())
        .isEqualTo(
            new Answer.Unrepresentable(
                1, "SUM: the sum is beyond BIGINT; cast the value to DECIMAL"));
    assertThatThrownBy(() -> key.merge(MODEL.empty())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MODEL.read(key.toBytes()))
        .hasMessage("the state has 2 functions and the read model 6; rebuild the read model");
  }

  @Test
  void aFormatThatIsNotKnownAndBytesThatFollowAreRefused() {
    byte[] bytes = MODEL.empty().toBytes();
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> MODEL.read(longer)).hasMessageContaining("followed by 1 bytes");
    bytes[0] = 2;
    assertThatThrownBy(() -> MODEL.read(bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("have format 2, which this version of Freshet does not know");
  }

  @Test
  void damagedStatesAreRefused() {
    KeyedEvents key = MODEL.empty();
    key.add(CREATION, 0);
    key.add(event("renamed", 20, "first"), 0);
    key.add(event("placed", 30, "north"), 0);
    DecoderFuzz.ofDenseEncodings()
        .with("ReadModel", MODEL::read, IOException.class, List.of(key.toBytes()))
        .run();
  }
}
