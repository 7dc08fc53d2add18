package dev.freshet.view.event;

import dev.freshet.view.ValueType;
import dev.freshet.view.event.EventFunction.Identity;
import dev.freshet.view.event.EventFunction.Kind;
import dev.freshet.view.expr.Condition;
import dev.freshet.view.expr.Evaluator;
import dev.freshet.view.expr.Value;
import java.io.DataInput;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;

/** An {@link EventFunction} that can be computed. Immutable and thread-safe. */
public final class CompiledFunction {
  private final Kind kind;
  private final int most;
  private final boolean ignoresNulls;
  private final Argument valueArgument;
  private final ValueType byType;
  private final Condition filter;
  private final Value value;
  private final Value by;
  private final Comparator<Object> identities;
  private final Comparator<Fact> order;

  /**
   * Compiles a function.
   *
   * @throws IllegalArgumentException if an argument is a condition, or the filter is a value
   */
  public CompiledFunction(EventFunction function) {
    kind = function.kind();
    most = function.most();
    ignoresNulls = function.ignoreNulls() || kind.identity() == Identity.VALUE;
    valueArgument = function.value();
    byType = kind.hasBy() ? function.by().type() : ValueType.TIMESTAMP;
    filter = Evaluator.condition(function.filter());
    value = Evaluator.value(function.value().expr());
    by = Evaluator.value(function.by().expr());
    identities =
        kind.identity() == Identity.ID
            ? Canonical.comparison(ValueType.STRING)
            : Canonical.comparison(valueArgument.type());
    Comparator<Fact> ascending =
        Comparator.comparing(Fact::by, Canonical.content(byType))
            .thenComparing(Fact::id, Canonical.comparison(ValueType.STRING))
            .thenComparing(Fact::value, Canonical.content(valueArgument.type()));
    order = kind.isDescending() ? ascending.reversed() : ascending;
  }

  /** A state without events: the identity of {@link FunctionState#merge}. */
  public FunctionState identity() {
    return new FunctionState(this);
  }

  /** The state of a single event. Throws what {@link FunctionState#add} throws. */
  public FunctionState of(DomainEvent event) {
    FunctionState state = identity();
    state.add(event);
    return state;
  }

  /**
   * Reads what {@link FunctionState#write} wrote. It takes no more memory than there are bytes,
   * whatever lengths they claim.
   *
   * @throws IOException also if the input is not a state of this function, or if a newer version of
   *     Freshet wrote it
   */
  public FunctionState read(DataInput in) throws IOException {
    return FunctionState.read(this, in);
  }

  /**
   * Returns what an event says to the function; empty if it does not count.
   *
   * @throws IllegalArgumentException if a value is not canonical
   * @throws ArithmeticException if an expression cannot be computed
   */
  Optional<Fact> fact(DomainEvent event) {
    Object[][] rows = {event.row()};
    if (!filter.holds(rows)) {
      return Optional.empty();
    }
    Object time = kind.hasBy() ? by.of(rows) : (Object) event.time();
    return fact(new Fact(event.id(), time, value.of(rows), false));
  }

  /** Returns a fact without what the function does not need; empty if it does not count. */
  Optional<Fact> fact(Fact fact) {
    boolean takesTime = kind == Kind.SET_ONCE || kind.identity() == Identity.ID;
    Object time = takesTime ? Canonical.value(byType, fact.by()) : null;
    Object checked = Canonical.value(valueArgument.type(), fact.value());
    if ((takesTime && time == null) || (ignoresNulls && checked == null)) {
      return Optional.empty();
    }
    if (takesTime && fact.id() == null) {
      throw new IllegalArgumentException("an event without an id");
    }
    return Optional.of(
        new Fact(
            takesTime ? Canonical.text(fact.id()) : null,
            time,
            checked,
            kind.keepsIds() && fact.isContradicted()));
  }

  Kind kind() {
    return kind;
  }

  /** The maximum number of facts in a state. */
  int most() {
    return most;
  }

  /** The order of what {@link #identity(Fact)} returns. */
  Comparator<Object> identities() {
    return identities;
  }

  /** By what a state tells a fact from others: its id or its value. */
  Object identity(Fact fact) {
    return kind.identity() == Identity.ID ? fact.id() : fact.value();
  }

  /**
   * The facts that a state rather holds come first. Equal facts of one identity have one content.
   */
  Comparator<Fact> order() {
    return order;
  }
}
