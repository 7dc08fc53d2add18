package dev.freshet.view.expr;

import dev.freshet.view.Expr;
import dev.freshet.view.Expr.Comparator;
import dev.freshet.view.Expr.Comparison;
import dev.freshet.view.ValueType;
import dev.freshet.view.collation.Collation;
import dev.freshet.view.collation.LetterCases;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Compiles expressions into closures over rows, with SQL's three-valued logic. A closure allocates
 * only the values that it returns, and is thread-safe. Closures are not serialisable: compile them
 * where they are used.
 */
public final class Evaluator {
  /** Truth values are numbers: AND is the minimum, OR is the maximum, NOT x is {@code TRUE − x}. */
  private static final int FALSE = 0;

  private static final int UNKNOWN = 1;
  private static final int TRUE = 2;

  private Evaluator() {}

  private interface Truth {
    int of(Object[][] rows);
  }

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException if the expression is a value
   */
  public static Condition condition(Expr expr) {
    Truth truth = truth(expr);
    return rows -> truth.of(rows) == TRUE;
  }

  /**
   * Compiles a value.
   *
   * @throws IllegalArgumentException if the expression is a condition
   */
  public static Value value(Expr expr) {
    if (expr instanceof Expr.ColumnRef ref) {
      int node = ref.node();
      int column = ref.column();
      return rows -> rows[node] == null ? null : rows[node][column];
    }
    if (expr instanceof Expr.Literal literal) {
      Object constant = literal.value();
      return rows -> constant;
    }
    if (expr instanceof Expr.Null) {
      return rows -> null;
    } else if (expr instanceof Expr.Coalesce coalesce) {
      return coalesce(values(coalesce.operands()));
    } else if (expr instanceof Expr.Case choice) {
      return choice(choice);
    } else if (expr instanceof Expr.Concat concat) {
      Value[] operands = values(concat.operands());
      return concat.type() == ValueType.STRING ? texts(operands) : bytes(operands);
    } else if (expr instanceof Expr.Joined joined) {
      return joined(values(joined.operands()));
    } else if (expr instanceof Expr.Cased cased) {
      Value operand = value(cased.operand());
      LetterCases cases = LetterCases.of(cased.collation()).orElseThrow();
      return rows ->
          operand.of(rows) instanceof String text
              ? cased.upper() ? cases.upper(text) : cases.lower(text)
              : null;
    } else if (expr instanceof Expr.Scaled scaled) {
      Value operand = value(scaled.operand());
      RoundingMode rounding =
          scaled.digits() == Expr.Digits.CUT ? RoundingMode.DOWN : RoundingMode.HALF_UP;
      return rows -> Calculation.scaled(operand.of(rows), scaled.scale(), rounding);
    }
    if (expr instanceof Expr.Arithmetic calculation) {
      return arithmetic(calculation);
    }
    if (expr instanceof Expr.Call call) {
      return call(call);
    }
    if (expr instanceof Expr.SortKey key) {
      return sortKey(key);
    }
    if (expr instanceof Expr.MemberNumber number) {
      return memberNumber(number);
    }
    if (expr instanceof Expr.JsonText text) {
      Value document = value(text.operand());
      JsonPath path = JsonPath.of(text.path()).orElseThrow();
      return rows -> document.of(rows) instanceof String json ? path.text(json) : null;
    }
    throw new IllegalArgumentException("not a value: " + expr);
  }

  private static Value call(Expr.Call call) {
    Value[] values = values(call.operands());
    Function<Object[], Object> function = Functions.of(call.function());
    return rows -> {
      Object[] operands = new Object[values.length];
      for (int i = 0; i < values.length; i++) {
        operands[i] = values[i].of(rows);
        if (operands[i] == null) {
          return null;
        }
      }
      return function.apply(operands);
    };
  }

  private static Value sortKey(Expr.SortKey key) {
    Value operand = value(key.operand());
    Collation collation = Collation.of(key.collation()).orElseThrow();
    return rows ->
        operand.of(rows) instanceof String text
            ? collation.weights(start(text, Expr.SortKey.CHARACTERS), Expr.SortKey.BYTES)
            : null;
  }

  private static Value memberNumber(Expr.MemberNumber number) {
    Value operand = value(number.operand());
    Map<String, Long> numbers = new HashMap<>(Map.of("", 0L));
    for (int i = 0; i < number.members().size(); i++) {
      numbers.put(number.members().get(i), number.set() ? 1L << i : i + 1);
    }
    return rows -> {
      String text = (String) operand.of(rows);
      if (text == null) {
        return null;
      }
      long sum = 0;
      for (String member : number.set() ? text.split(",") : new String[] {text}) {
        if (!numbers.containsKey(member)) {
          throw new ArithmeticException(
              "'" + member + "' became a member of the column after the view was submitted");
        }
        sum += numbers.get(member);
      }
      return sum;
    };
  }

  private static String start(String text, int characters) {
    return text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters));
  }

  private static Value arithmetic(Expr.Arithmetic calculation) {
    Value left = value(calculation.left());
    Value right = value(calculation.right());
    BinaryOperator<Object> operator = Calculation.of(calculation.operator(), calculation.numbers());
    // MySQL computes the right operand of decimals, and its errors, only if the left is not NULL.
    boolean lazy = calculation.numbers().areDecimals();
    return rows -> {
      Object a = left.of(rows);
      Object b = lazy && a == null ? null : right.of(rows);
      return a == null || b == null ? null : operator.apply(a, b);
    };
  }

  private static Value[] values(List<Expr> operands) {
    return operands.stream().map(Evaluator::value).toArray(Value[]::new);
  }

  private static Value coalesce(Value[] operands) {
    return rows -> {
      Object first = null;
      for (int i = 0; i < operands.length && first == null; i++) {
        first = operands[i].of(rows);
      }
      return first;
    };
  }

  private static Value choice(Expr.Case choice) {
    Truth[] conditions =
        choice.branches().stream().map(w -> truth(w.condition())).toArray(Truth[]::new);
    Value[] values = values(choice.branches().stream().map(Expr.When::value).toList());
    Value otherwise = value(choice.otherwise());
    return rows -> {
      for (int i = 0; i < conditions.length; i++) {
        if (conditions[i].of(rows) == TRUE) {
          return values[i].of(rows);
        }
      }
      return otherwise.of(rows);
    };
  }

  private static Value texts(Value[] operands) {
    return rows -> {
      StringBuilder all = new StringBuilder();
      for (Value operand : operands) {
        Object text = operand.of(rows);
        if (text == null) {
          return null;
        }
        all.append((String) text);
      }
      return all.toString();
    };
  }

  private static Value joined(Value[] operands) {
    return rows -> {
      String separator = (String) operands[0].of(rows);
      StringBuilder all = new StringBuilder();
      boolean empty = true;
      for (int i = 1; i < operands.length && separator != null; i++) {
        String text = (String) operands[i].of(rows);
        if (text != null) {
          all.append(empty ? "" : separator).append(text);
          empty = false;
        }
      }
      return separator == null ? null : all.toString();
    };
  }

  private static Value bytes(Value[] operands) {
    return rows -> {
      byte[] all = new byte[0];
      for (Value operand : operands) {
        byte[] bytes = (byte[]) operand.of(rows);
        if (bytes == null) {
          return null;
        }
        int length = all.length;
        all = Arrays.copyOf(all, length + bytes.length);
        System.arraycopy(bytes, 0, all, length, bytes.length);
      }
      return all;
    };
  }

  private static Truth truth(Expr expr) {
    if (expr instanceof Expr.And and) {
      return all(and.operands());
    } else if (expr instanceof Expr.Or or) {
      return any(or.operands());
    } else if (expr instanceof Expr.Not not) {
      Truth operand = truth(not.operand());
      return rows -> TRUE - operand.of(rows);
    } else if (expr instanceof Expr.IsNull isNull) {
      Value operand = value(isNull.operand());
      return rows -> operand.of(rows) == null ? TRUE : FALSE;
    } else if (expr instanceof Expr.NotZero notZero) {
      Value operand = value(notZero.operand());
      return rows -> {
        Object number = operand.of(rows);
        return number == null ? UNKNOWN : truth((Long) number != 0);
      };
    } else if (expr instanceof Expr.Like like) {
      return like(like);
    } else if (expr instanceof Comparison comparison) {
      return comparison(comparison);
    }
    throw new IllegalArgumentException("not a condition: " + expr);
  }

  private static Truth all(List<Expr> operands) {
    Truth[] truths = operands.stream().map(Evaluator::truth).toArray(Truth[]::new);
    return rows -> {
      int least = TRUE;
      for (int i = 0; i < truths.length && least != FALSE; i++) {
        least = Math.min(least, truths[i].of(rows));
      }
      return least;
    };
  }

  private static Truth any(List<Expr> operands) {
    Truth[] truths = operands.stream().map(Evaluator::truth).toArray(Truth[]::new);
    return rows -> {
      int most = FALSE;
      for (int i = 0; i < truths.length && most != TRUE; i++) {
        most = Math.max(most, truths[i].of(rows));
      }
      return most;
    };
  }

  private static Truth like(Expr.Like like) {
    Value operand = value(like.operand());
    LikePattern.Equality equality =
        Collation.of(like.collation())
            .<LikePattern.Equality>map(collation -> collation::isSameCharacter)
            .orElse((character, ofPattern) -> character == ofPattern);
    LikePattern pattern =
        LikePattern.of(like.pattern(), like.escape().codePoints().findFirst(), equality);
    return rows -> {
      Object text = operand.of(rows);
      return text == null ? UNKNOWN : truth(pattern.matches((String) text));
    };
  }

  private static Truth comparison(Comparison comparison) {
    Value left = value(comparison.left());
    Value right = value(comparison.right());
    ValueOrder order = ValueOrder.of(comparison.type(), comparison.collation());
    Comparator comparator = comparison.comparator();
    return rows -> {
      Object a = left.of(rows);
      // MySQL computes the right value, and its errors, only if the left is not NULL.
      Object b = a == null ? null : right.of(rows);
      return a == null || b == null ? UNKNOWN : truth(holds(comparator, order.compare(a, b)));
    };
  }

  private static boolean holds(Comparator comparator, int sign) {
    return switch (comparator) {
      case EQUAL -> sign == 0;
      case NOT_EQUAL -> sign != 0;
      case LESS -> sign < 0;
      case LESS_OR_EQUAL -> sign <= 0;
      case GREATER -> sign > 0;
      case GREATER_OR_EQUAL -> sign >= 0;
    };
  }

  private static int truth(boolean value) {
    return value ? TRUE : FALSE;
  }
}
