package dev.freshet.view.event;

import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Generated events with a field of each type, and expressions over them. */
final class Events {
  static final int KIND = 0;
  static final int NUMBER = 1;
  static final int AMOUNT = 2;
  static final int TEXT = 3;
  static final int RATIO = 4;
  static final int AT = 5;
  static final int BYTES = 6;

  static final List<ValueType> TYPES =
      List.of(
          ValueType.STRING,
          ValueType.INTEGER,
          ValueType.DECIMAL,
          ValueType.STRING,
          ValueType.DOUBLE,
          ValueType.TIMESTAMP,
          ValueType.BYTES);

  private static final String[] KINDS = {"created", "packed", "cancelled", null};
  private static final String[] AMOUNTS = {"1.0", "1.00", "-2.5", "0.00", "9".repeat(64) + ".5"};

  /** U+FF5E is below U+1F600, though its char is above the surrogates of the latter. */
  private static final String[] TEXTS = {"", "a", "A", "ab", "\uFF5E", "\uD83D\uDE00"};

  private static final double[] RATIOS = {0.0, -0.0, 1.5, -1e300, Double.MIN_VALUE};
  private static final byte[][] BLOBS = {{}, {0}, {-1}, {0, 1}};

  private final Random random;
  private final int ids;
  private final int numbers;
  private final boolean contradict;

  private Events(Random random) {
    this.random = random;
    ids = 1 + random.nextInt(8);
    numbers = new int[] {2, 5, 1000}[random.nextInt(3)];
    contradict = random.nextInt(3) == 0;
  }

  static Argument field(int index) {
    return Argument.field(TYPES.get(index), index);
  }

  static Expr isKind(String kind) {
    return new Expr.Comparison(
        Expr.Comparator.EQUAL,
        field(KIND).expr(),
        new Expr.Literal(ValueType.STRING, kind),
        ValueType.STRING,
        "");
  }

  /**
   * Returns deliveries. In every third history an id may come with different contents; in all,
   * times, values and whole events repeat.
   */
  static List<DomainEvent> draw(Random random) {
    return new Events(random).draw(random.nextInt(40));
  }

  private List<DomainEvent> draw(int count) {
    List<DomainEvent> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String id = contradict ? "e" + random.nextInt(ids) : "e" + i;
      boolean again = !drawn.isEmpty() && random.nextInt(5) == 0;
      drawn.add(
          again
              ? drawn.get(random.nextInt(drawn.size()))
              : new DomainEvent(id, random.nextInt(4), row()));
    }
    return drawn;
  }

  private Object[] row() {
    return new Object[] {
      KINDS[random.nextInt(KINDS.length)],
      random.nextInt(6) == 0 ? null : number(),
      random.nextInt(6) == 0 ? null : new BigDecimal(AMOUNTS[random.nextInt(AMOUNTS.length)]),
      random.nextInt(6) == 0 ? null : TEXTS[random.nextInt(TEXTS.length)],
      random.nextInt(6) == 0 ? null : (Object) RATIOS[random.nextInt(RATIOS.length)],
      random.nextInt(6) == 0 ? null : (Object) (long) random.nextInt(4),
      random.nextInt(6) == 0 ? null : BLOBS[random.nextInt(BLOBS.length)]
    };
  }

  private Long number() {
    return switch (random.nextInt(12)) {
      case 0 -> Long.MAX_VALUE;
      case 1 -> Long.MIN_VALUE;
      default -> (long) random.nextInt(numbers);
    };
  }
}
