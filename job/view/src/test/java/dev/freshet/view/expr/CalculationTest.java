package dev.freshet.view.expr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Expr.Numbers;
import dev.freshet.view.Expr.Operator;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class CalculationTest {
  private static final long LEAST = Long.MIN_VALUE;

  @Test
  void divisionByZeroIsNull() {
    assertThat(calculated(Operator.DIVIDE, Numbers.DECIMAL, 1L, 0L)).isNull();
    assertThat(calculated(Operator.MODULO, Numbers.DECIMAL, 1L, new BigDecimal("0.00"))).isNull();
    assertThat(calculated(Operator.MODULO, Numbers.SIGNED, 1L, 0L)).isNull();
    assertThat(calculated(Operator.MODULO, Numbers.UNSIGNED, BigDecimal.ONE, 0L)).isNull();
  }

  @Test
  void aQuotientIsCutOffAfterAMultipleOfNineDigits() {
    assertThat(calculated(Operator.DIVIDE, Numbers.DECIMAL, 2L, 3L))
        .isEqualTo(new BigDecimal("0.666666666"));
    assertThat(
            calculated(
                Operator.DIVIDE, Numbers.DECIMAL, new BigDecimal("2.00"), new BigDecimal("-3.0")))
        .isEqualTo(new BigDecimal("-0.666666666666666666"));
    assertThat(calculated(Operator.DIVIDE, Numbers.DECIMAL, 0L, 3L)).isEqualTo(BigDecimal.ZERO);
  }

  /** As MySQL, whose next division would otherwise have more digits. */
  @Test
  void aRemainderThatIsZeroHasNoDigits() {
    for (String dividend : new String[] {"0.000000000", "3.000000000", "-4.500000000"}) {
      assertThat(
              calculated(
                  Operator.MODULO,
                  Numbers.DECIMAL,
                  new BigDecimal(dividend),
                  new BigDecimal("1.50")))
          .isEqualTo(BigDecimal.ZERO);
    }
    assertThat(calculated(Operator.MODULO, Numbers.DECIMAL, new BigDecimal("1.000"), 3L))
        .isEqualTo(new BigDecimal("1.000"));
  }

  @Test
  void wholeNumbersBeyondTheirRangeAreErrors() {
    refuses(Operator.PLUS, Numbers.SIGNED, Long.MAX_VALUE, 1L);
    refuses(Operator.MINUS, Numbers.UNSIGNED, 1L, 2L);
    refuses(Operator.PLUS, Numbers.UNSIGNED, new BigDecimal("18446744073709551615"), 1L);
    refuses(Operator.MINUS, Numbers.UNSIGNED_DECIMAL, BigDecimal.ONE, new BigDecimal("1.01"));
    // As in MySQL, where only 1 makes the least number of itself.
    refuses(Operator.TIMES, Numbers.SIGNED, LEAST / 2, 2L);
    assertThat(calculated(Operator.TIMES, Numbers.SIGNED, LEAST, 1L)).isEqualTo(LEAST);
    assertThat(calculated(Operator.MINUS, Numbers.SIGNED, 0L, new BigDecimal(LEAST).negate()))
        .isEqualTo(LEAST);
  }

  private static void refuses(Operator operator, Numbers numbers, Object a, Object b) {
    assertThatThrownBy(() -> calculated(operator, numbers, a, b))
        .isInstanceOf(ArithmeticException.class);
  }

  private static Object calculated(Operator operator, Numbers numbers, Object a, Object b) {
    return Calculation.of(operator, numbers).apply(a, b);
  }
}
