package dev.freshet.view.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Expr;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.Expr.Comparator;
import dev.freshet.view.Expr.Comparison;
import dev.freshet.view.Expr.Literal;
import dev.freshet.view.ValueType;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final Object[] VALUES = {null, 0L, 1L};
  private static final Expr A = new Expr.NotZero(new ColumnRef(0, 0));
  private static final Expr B = new Expr.NotZero(new ColumnRef(0, 1));
  private static final Object[][] NONE = {{}};

  /** True, false or unknown (null): what a condition and its opposite say together. */
  private static Boolean truth(Expr expr, Object... row) {
    Object[][] rows = {row};
    boolean holds = Evaluator.condition(expr).holds(rows);
    boolean opposite = Evaluator.condition(new Expr.Not(expr)).holds(rows);
    assertThat(holds && opposite).isFalse();
    return holds ? Boolean.TRUE : opposite ? Boolean.FALSE : null;
  }

  private static Boolean of(Object value) {
    return value == null ? null : !value.equals(0L);
  }

  @Test
  void followsTheTruthTables() {
    for (Object x : VALUES) {
      for (Object y : VALUES) {
        Boolean a = of(x);
        Boolean b = of(y);
        boolean unknown = a == null || b == null;
        boolean anyFalse = Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b);
        boolean anyTrue = Boolean.TRUE.equals(a) || Boolean.TRUE.equals(b);
        Boolean both = anyFalse ? Boolean.FALSE : unknown ? null : Boolean.TRUE;
        Boolean either = anyTrue ? Boolean.TRUE : unknown ? null : Boolean.FALSE;
        assertThat(truth(new Expr.And(List.of(A, B)), x, y)).as("%s AND %s", a, b).isEqualTo(both);
        assertThat(truth(new Expr.Or(List.of(A, B)), x, y)).as("%s OR %s", a, b).isEqualTo(either);
      }
      assertThat(truth(A, x)).isEqualTo(of(x));
      assertThat(truth(new Expr.IsNull(new ColumnRef(0, 0)), x)).isEqualTo(x == null);
    }
    assertThat(truth(Expr.TRUE)).isTrue();
    assertThat(truth(new Expr.Or(List.of()))).isFalse();
  }

  @Test
  void weighsTextsUpToALengthAndFillsThemWithSpaces() {
    Value key = Evaluator.value(new Expr.SortKey(new ColumnRef(0, 0), "utf8mb4_general_ci"));

    byte[] weights = (byte[]) key.of(new Object[][] {{"a"}});
    assertThat(weights).hasSize(1024).startsWith(0, 'A', 0, ' ', 0, ' ').endsWith(0, ' ');
    assertThat(key.of(new Object[][] {{"A  "}})).isEqualTo(weights);
    assertThat(key.of(new Object[][] {{"b".repeat(512) + "a"}}))
        .isEqualTo(key.of(new Object[][] {{"B".repeat(5000)}}));
    assertThat(key.of(new Object[][] {{null}})).isNull();
  }

  /** As MySQL, whose next division depends on the digits of the decimal. */
  @Test
  void takesTheFirstOfTheLeastAndTheLastOfTheGreatest() {
    Object[][] row = {{new BigDecimal("5.00"), new BigDecimal("5.0000")}};
    List<Expr> operands = List.of(new ColumnRef(0, 0), new ColumnRef(0, 1));

    assertThat(Evaluator.value(new Expr.Call(Expr.Function.LEAST, operands)).of(row))
        .isEqualTo(row[0][0]);
    assertThat(Evaluator.value(new Expr.Call(Expr.Function.GREATEST, operands)).of(row))
        .isEqualTo(row[0][1]);
  }

  @Test
  void comparesNumbers() {
    assertThat(compared(ValueType.INTEGER, "", Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo("<");
    assertThat(compared(ValueType.INTEGER, "", 1000L, 1000L)).isEqualTo("=");
    assertThat(compared(ValueType.DECIMAL, "", new BigDecimal("1.50"), new BigDecimal("1.5")))
        .isEqualTo("=");
    assertThat(
            compared(
                ValueType.DECIMAL,
                "",
                new BigDecimal("18446744073709551615"),
                new BigDecimal("9223372036854775807")))
        .isEqualTo(">");
  }

  @Test
  void comparesAWholeNumberWithADecimal() {
    Expr whole = new Expr.Scaled(new ColumnRef(0, 0), 0, Expr.Digits.ROUNDED);
    Expr decimal = new ColumnRef(0, 1);
    Expr less = new Comparison(Comparator.LESS, whole, decimal, ValueType.DECIMAL, "");

    assertThat(truth(less, -1L, new BigDecimal("18446744073709551615"))).isTrue();
    assertThat(truth(less, 2L, new BigDecimal("1.99"))).isFalse();
    assertThat(truth(less, null, new BigDecimal("1.99"))).isNull();
  }

  @Test
  void comparesTextByCodePoints() {
    String exact = "utf8mb4_0900_bin";
    assertThat(compared(ValueType.STRING, exact, "\uFFFD", "\uD83D\uDE00")).isEqualTo("<");
    assertThat(compared(ValueType.STRING, exact, "\uD83D\uDE00", "\uE000")).isEqualTo(">");
    assertThat(compared(ValueType.STRING, exact, "\uD83D\uDE00", "\uD83D\uDE01")).isEqualTo("<");
    assertThat(compared(ValueType.STRING, exact, "a", "a ")).isEqualTo("<");
    assertThat(compared(ValueType.STRING, exact, "a", "A")).isEqualTo(">");
    assertThat(compared(ValueType.STRING, "utf8mb4_bin", "a", "a  ")).isEqualTo("=");
    assertThat(compared(ValueType.STRING, "utf8mb4_bin", " a", "a")).isNotEqualTo("=");
  }

  @Test
  void comparesBytesWithoutSign() {
    assertThat(compared(ValueType.BYTES, "", new byte[] {(byte) 0x80}, new byte[] {0x7f}))
        .isEqualTo(">");
    assertThat(compared(ValueType.BYTES, "", new byte[] {1}, new byte[] {1, 0})).isEqualTo("<");
  }

  @Test
  void aMissingRowHasNulls() {
    Object[][] rows = {{1L}, null};
    Expr column = new ColumnRef(1, 3);

    assertThat(Evaluator.value(column).of(rows)).isNull();
    assertThat(Evaluator.condition(new Expr.IsNull(column)).holds(rows)).isTrue();
    Expr equal =
        new Comparison(Comparator.EQUAL, column, new ColumnRef(0, 0), ValueType.INTEGER, "");
    assertThat(Evaluator.condition(equal).holds(rows)).isFalse();
    assertThat(Evaluator.condition(new Expr.Not(equal)).holds(rows)).isFalse();
  }

  @Test
  void distinguishesValuesFromConditions() {
    assertThat(Evaluator.value(new Literal(ValueType.INTEGER, 7L)).of(NONE)).isEqualTo(7L);
    assertThatThrownBy(() -> Evaluator.value(Expr.TRUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Evaluator.condition(new ColumnRef(0, 0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The one sign that holds; all six comparators must agree on it. */
  private static String compared(ValueType type, String collation, Object a, Object b) {
    Expr left = new Literal(type, (Serializable) a);
    Expr right = new Literal(type, (Serializable) b);
    Set<Comparator> holds = EnumSet.noneOf(Comparator.class);
    for (Comparator comparator : Comparator.values()) {
      if (Evaluator.condition(new Comparison(comparator, left, right, type, collation))
          .holds(NONE)) {
        holds.add(comparator);
      }
    }
    boolean less = holds.contains(Comparator.LESS);
    boolean equal = holds.contains(Comparator.EQUAL);
    boolean greater = holds.contains(Comparator.GREATER);
    assertThat(List.of(less, equal, greater)).containsOnlyOnce(true);
    assertThat(holds.contains(Comparator.NOT_EQUAL)).isEqualTo(!equal);
    assertThat(holds.contains(Comparator.LESS_OR_EQUAL)).isEqualTo(less || equal);
    assertThat(holds.contains(Comparator.GREATER_OR_EQUAL)).isEqualTo(greater || equal);
    return less ? "<" : equal ? "=" : ">";
  }
}
