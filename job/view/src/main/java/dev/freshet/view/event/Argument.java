package dev.freshet.view.event;

import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/** An argument of a function: an expression over an event's fields, and the type of its values. */
public record Argument(ValueType type, Expr expr) implements Serializable {
  /** The argument of a function that has none. */
  static final Argument NONE = new Argument(ValueType.INTEGER, new Expr.Null());

  public Argument {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(expr, "expr");
  }

  /** The field at an index of an event's row. */
  public static Argument field(ValueType type, int index) {
    return new Argument(type, new Expr.ColumnRef(0, index));
  }

  /** A condition as a number: 1 if it is true, 0 if it is false, NULL if it is unknown. */
  static Argument truth(Expr condition) {
    return new Argument(
        ValueType.INTEGER,
        new Expr.Case(
            List.of(
                new Expr.When(condition, new Expr.Literal(ValueType.INTEGER, 1L)),
                new Expr.When(new Expr.Not(condition), new Expr.Literal(ValueType.INTEGER, 0L))),
            new Expr.Null()));
  }
}
