package dev.freshet.view.event;

import dev.freshet.view.BoundedInput;
import dev.freshet.view.event.EventFunction.Kind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The state of a function over the events of one key. All functions have the same state: facts,
 * each with an identity, which is the event's id or the value. A state of a set of events holds
 *
 * <ol>
 *   <li>of the facts with one identity the first, in the function's order;
 *   <li>of those the first {@code most}.
 * </ol>
 *
 * <p>The functions differ in identity, order and {@code most}, and in the result that they compute
 * from the facts. Merging takes the union of the facts and applies both rules again. It is
 * commutative, associative and idempotent: a fact that rule 1 drops has a predecessor with its
 * identity, one that rule 2 drops has {@code most} predecessors with other identities, and the
 * predecessors of an identity are only ever replaced by facts before them. So a dropped fact never
 * counts again, in whatever order and however often facts come. Adding an event merges the state of
 * that event alone.
 *
 * <p>Deliveries with the same id and different content are different events to functions whose
 * identity is the value. To the others the first of them counts, or the last for {@link
 * Kind#MAX_BY}; those that keep all ids count such ids as {@link #conflicts}.
 *
 * <p>Equal states have equal bytes. Not thread-safe.
 */
public final class FunctionState {
  private static final int FORMAT = 1;

  /** The number of digits that an average has more than the sum. */
  private static final int MORE_DIGITS = 4;

  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

  private final CompiledFunction function;

  /** By identity. */
  private final TreeMap<Object, Fact> facts;

  FunctionState(CompiledFunction function) {
    this.function = function;
    facts = new TreeMap<>(function.identities());
  }

  /**
   * Adds an event; the state is unchanged if this throws.
   *
   * @return whether the state changed
   * @throws IllegalArgumentException if a value of the event is not canonical
   * @throws ArithmeticException if an expression of the function cannot be computed
   */
  public boolean add(DomainEvent event) {
    return function.fact(event).map(this::add).orElse(false);
  }

  /**
   * Adds the events of another state, which is unchanged.
   *
   * @return whether this state changed
   * @throws IllegalArgumentException if the other is a state of another function
   */
  public boolean merge(FunctionState other) {
    if (function.kind() != other.function.kind() || function.most() != other.function.most()) {
      throw new IllegalArgumentException(
          "a state of %s cannot be merged into one of %s"
              .formatted(other.function.kind(), function.kind()));
    }
    boolean changed = false;
    for (Fact fact : List.copyOf(other.facts.values())) {
      changed |= add(fact);
    }
    return changed;
  }

  boolean add(Fact fact) {
    Object identity = function.identity(fact);
    Fact present = facts.get(identity);
    if (present == null) {
      facts.put(identity, fact);
      return facts.size() <= function.most() || !dropLast().equals(fact);
    }
    Fact first = first(present, fact);
    if (first.equals(present)) {
      return false;
    }
    facts.put(identity, first);
    return true;
  }

  private Fact first(Fact present, Fact fact) {
    int sign = function.order().compare(fact, present);
    Fact first = sign < 0 ? fact : present;
    boolean isContradicted =
        function.kind().keepsIds()
            && (sign != 0 || fact.isContradicted() || present.isContradicted());
    return isContradicted ? first.contradicted() : first;
  }

  private Fact dropLast() {
    Fact last = Collections.max(facts.values(), function.order());
    facts.remove(function.identity(last));
    return last;
  }

  /** Computes the function. */
  public Result result() {
    return switch (function.kind()) {
      case SET_ONCE, MIN, MAX, MIN_BY, MAX_BY -> known(nth(1));
      case NTH_BY -> known(nth(function.most()));
      case BOOL_OR -> known(facts.isEmpty() ? null : facts.lastKey());
      case BOOL_AND -> known(facts.isEmpty() ? null : facts.firstKey());
      case COUNT, COUNT_DISTINCT -> known((long) facts.size());
      case SUM -> sum();
      case AVG -> average();
    };
  }

  private static Result known(Object value) {
    return new Result.Known(value);
  }

  private Object nth(int n) {
    return facts.values().stream()
        .sorted(function.order())
        .skip(n - 1L)
        .findFirst()
        .map(Fact::value)
        .orElse(null);
  }

  private List<Object> values() {
    return facts.values().stream().map(Fact::value).filter(Objects::nonNull).toList();
  }

  /** The exact sum, with as many digits after the point as the number with the most has. */
  private static BigDecimal exactSum(List<Object> numbers) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Object number : numbers) {
      sum = sum.add(number instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) number);
    }
    return sum;
  }

  private Result sum() {
    List<Object> numbers = values();
    if (numbers.isEmpty()) {
      return known(null);
    }
    BigDecimal sum = exactSum(numbers);
    if (numbers.get(0) instanceof BigDecimal) {
      return decimal(sum);
    }
    BigInteger whole = sum.toBigIntegerExact();
    return whole.compareTo(LEAST) >= 0 && whole.compareTo(MOST) <= 0
        ? known(whole.longValueExact())
        : new Result.Unrepresentable("SUM: the sum is beyond BIGINT; cast the value to DECIMAL");
  }

  /** Rounded half up to four digits after those of the sum. */
  private Result average() {
    List<Object> numbers = values();
    if (numbers.isEmpty()) {
      return known(null);
    }
    BigDecimal sum = exactSum(numbers);
    int scale = Math.min(sum.scale() + MORE_DIGITS, Canonical.MOST_SCALE);
    return decimal(sum.divide(BigDecimal.valueOf(numbers.size()), scale, RoundingMode.HALF_UP));
  }

  private Result decimal(BigDecimal number) {
    return number.precision() <= Canonical.MOST_DIGITS
        ? known(number)
        : new Result.Unrepresentable(
            "%s: the result has %d digits, a DECIMAL at most %d"
                .formatted(function.kind(), number.precision(), Canonical.MOST_DIGITS));
  }

  /**
   * The number of conflicts. For {@link Kind#SET_ONCE}, the different values that did not stay, of
   * which at most {@link EventFunction#MOST_ONCE}−1 are counted. For the functions that keep all
   * ids, the ids that came with different contents. For all others 0.
   */
  public int conflicts() {
    if (function.kind() == Kind.SET_ONCE) {
      return Math.max(0, facts.size() - 1);
    }
    return (int) facts.values().stream().filter(Fact::isContradicted).count();
  }

  /** Writes the state: format, function, {@code most}, the number of facts, the facts. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeByte(function.kind().tag());
    out.writeInt(function.most());
    out.writeInt(facts.size());
    for (Fact fact : facts.values()) {
      fact.write(out);
    }
  }

  /** See {@link CompiledFunction#read}. */
  static FunctionState read(CompiledFunction function, DataInput in) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "a state of %s has format %d, which this version of Freshet does not know (it knows %d);"
                  .formatted(function.kind(), format, FORMAT)
              + " resume it with the version that wrote it");
    }
    int tag = in.readByte();
    if (tag != function.kind().tag()) {
      throw new IOException(
          "the state is not of %s but of the function with number %d; rebuild the read model"
              .formatted(function.kind(), tag));
    }
    int most = in.readInt();
    if (most < function.most()) {
      throw new IOException(
          "the state of %s holds %d values where %d are needed; rebuild the read model"
              .formatted(function.kind(), most, function.most()));
    }
    FunctionState state = new FunctionState(function);
    for (int left = BoundedInput.count(in); left > 0; left--) {
      state.add(checked(function, Fact.read(in)));
    }
    return state;
  }

  private static Fact checked(CompiledFunction function, Fact fact) throws IOException {
    try {
      return function
          .fact(fact)
          .orElseThrow(() -> new IOException("the state has a fact that does not count"));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "the state of " + function.kind() + " is damaged: " + e.getMessage(), e);
    }
  }
}
