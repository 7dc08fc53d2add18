package dev.freshet.view.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FunctionStateTest {
  private static DomainEvent event(String id, long time, Object value) {
    return new DomainEvent(id, time, new Object[] {value});
  }

  private static Argument value(ValueType type) {
    return Argument.field(type, 0);
  }

  private static FunctionState empty(EventFunction function) {
    return new CompiledFunction(function).identity();
  }

  private static byte[] bytes(FunctionState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static FunctionState read(EventFunction function, byte[] bytes) throws IOException {
    return new CompiledFunction(function)
        .read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  @Test
  void sumsWhoseResultDependsOnTheOrderAreRefused() {
    assertThatThrownBy(() -> EventFunction.sum(value(ValueType.DOUBLE)))
        .hasMessageContaining("depends on the order")
        .hasMessageContaining("cast the value to DECIMAL");
    assertThatThrownBy(() -> EventFunction.avg(value(ValueType.DOUBLE)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EventFunction.sum(value(ValueType.STRING)))
        .hasMessage("SUM of STRING: it takes INTEGER or DECIMAL");
  }

  @Test
  void valuesThatNoStateHoldsAreRefusedAndChangeNothing() throws IOException {
    FunctionState doubles = empty(EventFunction.min(value(ValueType.DOUBLE)));
    FunctionState texts = empty(EventFunction.min(value(ValueType.STRING)));
    FunctionState decimals = empty(EventFunction.sum(value(ValueType.DECIMAL)));
    byte[] before = bytes(decimals);
    for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> doubles.add(event("a", 1, number)))
          .hasMessage(number + " is not a number of SQL");
    }
    assertThatThrownBy(() -> texts.add(event("a", 1, "\uD83D")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> texts.add(event("a", 1, 1L)))
        .hasMessage("a value of class Long is not a STRING");
    for (String number : new String[] {"1e65", "1e-31", "1e2000000000", "1e-2000000000"}) {
      assertThatThrownBy(() -> decimals.add(event("a", 1, new BigDecimal(number))))
          .hasMessageContaining("more than 65 digits");
    }
    assertThat(bytes(decimals)).isEqualTo(before);
    assertThatThrownBy(() -> event("a", Long.MIN_VALUE, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSumThatLeavesBigintIsAnErrorUntilItComesBack() {
    FunctionState sum = empty(EventFunction.sum(value(ValueType.INTEGER)));
    sum.add(event("a", 1, Long.MAX_VALUE));
    sum.add(event("b", 1, 1L));
    assertThat(sum.result())
        .isEqualTo(
            new Result.Unrepresentable("SUM: the sum is beyond BIGINT; cast the value to DECIMAL"));
    sum.add(event("c", 1, -2L));
    assertThat(sum.result()).isEqualTo(new Result.Known(Long.MAX_VALUE - 1));
  }

  @Test
  void anAverageHasFourMoreDigitsThanTheSum() {
    FunctionState avg = empty(EventFunction.avg(value(ValueType.INTEGER)));
    assertThat(avg.result()).isEqualTo(new Result.Known(null));
    avg.add(event("a", 1, 1L));
    avg.add(event("b", 1, 1L));
    avg.add(event("c", 1, 0L));
    assertThat(avg.result()).isEqualTo(new Result.Known(new BigDecimal("0.6667")));
  }

  @Test
  void conflictsOfValuesThatAreSetOnceAreCountedUpToALimit() {
    FunctionState once = empty(EventFunction.setOnce(value(ValueType.INTEGER)));
    for (long i = 0; i < 100; i++) {
      once.add(event("e" + i, 100 - i, i));
      once.add(event("e" + i, 100 - i, i));
      assertThat(once.conflicts()).isEqualTo((int) Math.min(i, EventFunction.MOST_ONCE - 1));
    }
    assertThat(once.result()).isEqualTo(new Result.Known(99L));
  }

  @Test
  void anIdWithTwoContentsCountsOnceAndIsAConflict() {
    FunctionState sum = empty(EventFunction.sum(value(ValueType.INTEGER)));
    sum.add(event("a", 2, 20L));
    sum.add(event("a", 1, 10L));
    sum.add(event("a", 3, 30L));
    sum.add(event("b", 3, 5L));
    assertThat(sum.result()).isEqualTo(new Result.Known(15L));
    assertThat(sum.conflicts()).isEqualTo(1);
  }

  @Test
  void onlyFunctionsWithATimeIgnoreNulls() {
    assertThatThrownBy(() -> EventFunction.min(value(ValueType.INTEGER)).ignoringNulls())
        .hasMessageContaining("MIN has no IGNORE NULLS");
    for (int n : new int[] {0, -1, EventFunction.MOST_N + 1}) {
      assertThatThrownBy(
              () -> EventFunction.nthBy(value(ValueType.INTEGER), value(ValueType.INTEGER), n))
          .hasMessageContaining("NTH_BY takes 1 to 1000");
    }
  }

  @Test
  void aFilterIsACondition() {
    assertThatThrownBy(() -> new CompiledFunction(EventFunction.count().where(new Expr.Null())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void statesOfOtherFunctionsAreNeitherMergedNorRead() throws IOException {
    EventFunction min = EventFunction.min(value(ValueType.INTEGER));
    EventFunction max = EventFunction.max(value(ValueType.INTEGER));
    FunctionState state = empty(min);
    state.add(event("a", 1, 1L));
    assertThatThrownBy(() -> empty(max).merge(state))
        .hasMessage("a state of MIN cannot be merged into one of MAX");
    byte[] bytes = bytes(state);
    assertThatThrownBy(() -> read(max, bytes))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the state is not of MAX but of the function with number 2; rebuild the read model");
    assertThatThrownBy(() -> read(EventFunction.min(value(ValueType.STRING)), bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged: a value of class Long is not a STRING");
  }

  @Test
  void aStateServesASmallerNButNoLarger() throws IOException {
    Argument number = value(ValueType.INTEGER);
    FunctionState two = empty(EventFunction.nthBy(number, number, 2));
    two.add(event("a", 1, 1L));
    two.add(event("b", 1, 2L));
    byte[] bytes = bytes(two);
    assertThat(read(EventFunction.nthBy(number, number, 1), bytes).result())
        .isEqualTo(new Result.Known(1L));
    assertThatThrownBy(() -> read(EventFunction.nthBy(number, number, 3), bytes))
        .hasMessage(
            "the state of NTH_BY holds 2 values where 3 are needed; rebuild the read model");
  }

  @Test
  void aFormatThatIsNotKnownIsRefused() throws IOException {
    EventFunction count = EventFunction.count();
    byte[] bytes = bytes(empty(count));
    bytes[0] = 2;
    assertThatThrownBy(() -> read(count, bytes))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "a state of COUNT has format 2, which this version of Freshet does not know (it knows"
                + " 1); resume it with the version that wrote it");
  }

  @Test
  void aNumberOfFactsThatTheInputDoesNotHaveIsRefused() throws IOException {
    EventFunction count = EventFunction.count();
    FunctionState state = empty(count);
    state.add(event("a", 1, null));
    byte[] bytes = bytes(state);
    for (int claimed : new int[] {-1, 2, Integer.MAX_VALUE}) {
      byte[] damaged = ByteBuffer.wrap(bytes.clone()).putInt(6, claimed).array();
      assertThatThrownBy(() -> read(count, damaged)).isInstanceOf(IOException.class);
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(count, cut)).isInstanceOf(IOException.class);
    }
  }

  /** A change of the form needs a new format. */
  @Test
  void theFormIsAsItWas() throws IOException {
    FunctionState sum = empty(EventFunction.sum(value(ValueType.INTEGER)));
    sum.add(event("a", 2, 3L));
    byte[] stored =
        ByteBuffer.allocate(35)
            .put((byte) 1)
            .put((byte) 11)
            .putInt(Integer.MAX_VALUE)
            .putInt(1)
            .put((byte) 4)
            .putInt(1)
            .put((byte) 'a')
            .put((byte) 1)
            .putLong(2)
            .put((byte) 1)
            .putLong(3)
            .put((byte) 0)
            .array();
    assertThat(bytes(sum)).isEqualTo(stored);
  }
}
