package dev.freshet.view.event;

import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.io.Serializable;
import java.util.Objects;

/**
 * A function over the events of a key, as a read model declares it.
 *
 * @param kind which function it is
 * @param value what it computes with
 * @param by the time by which {@link Kind#NTH_BY}, {@link Kind#MIN_BY} and {@link Kind#MAX_BY}
 *     choose; any type will do
 * @param n which value {@link Kind#NTH_BY} returns, counted from 1; 1 for all others
 * @param ignoreNulls whether a function with {@code by} skips events whose value is NULL
 * @param filter the condition of FILTER: events for which it is not true do not count
 */
public record EventFunction(
    Kind kind, Argument value, Argument by, int n, boolean ignoreNulls, Expr filter)
    implements Serializable {
  /** The largest {@code n}: a state holds that many values. */
  public static final int MOST_N = 1000;

  /**
   * The number of different values of which {@link Kind#SET_ONCE} holds one and counts the others
   * as conflicts.
   */
  public static final int MOST_ONCE = 16;

  /** The functions. Equal times are decided by the id of the event, equal ids by the value. */
  public enum Kind {
    /** The value, not NULL, of the event with the least time of the event. */
    SET_ONCE(1, Identity.VALUE, MOST_ONCE),
    /** The least value that is not NULL. */
    MIN(2, Identity.VALUE, 1),
    /** The greatest value that is not NULL. */
    MAX(3, Identity.VALUE, 1),
    /** The value at the {@code n}-th least time. */
    NTH_BY(4, Identity.ID, MOST_N),
    /** The value at the least time. */
    MIN_BY(5, Identity.ID, 1),
    /** The value at the greatest time. */
    MAX_BY(6, Identity.ID, 1),
    /** 1 if the condition is true for an event, else 0 if it is false for one, else NULL. */
    BOOL_OR(7, Identity.VALUE, 2),
    /** 0 if the condition is false for an event, else 1 if it is true for one, else NULL. */
    BOOL_AND(8, Identity.VALUE, 2),
    /** The number of different values that are not NULL. */
    COUNT_DISTINCT(9, Identity.VALUE, Integer.MAX_VALUE),
    /** The number of events, told apart by their id. */
    COUNT(10, Identity.ID, Integer.MAX_VALUE),
    /** The sum of the values that are not NULL, of events told apart by their id. */
    SUM(11, Identity.ID, Integer.MAX_VALUE),
    /** The average of the values that are not NULL, of events told apart by their id. */
    AVG(12, Identity.ID, Integer.MAX_VALUE);

    private final int tag;
    private final Identity identity;
    private final int most;

    Kind(int tag, Identity identity, int most) {
      this.tag = tag;
      this.identity = identity;
      this.most = most;
    }

    /** The number by which states name the function; never used again for another. */
    int tag() {
      return tag;
    }

    Identity identity() {
      return identity;
    }

    boolean hasBy() {
      return this == NTH_BY || this == MIN_BY || this == MAX_BY;
    }

    /** Whether the function knows the ids of all events, and thus ids with different contents. */
    boolean keepsIds() {
      return this == COUNT || isSum();
    }

    boolean isSum() {
      return this == SUM || this == AVG;
    }

    /** Whether the greatest facts are held, and not the least. */
    boolean isDescending() {
      return this == MAX || this == MAX_BY;
    }
  }

  /** By what a state tells its facts apart. */
  enum Identity {
    ID,
    VALUE
  }

  public EventFunction {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(by, "by");
    Objects.requireNonNull(filter, "filter");
    if (n < 1 || n > (kind == Kind.NTH_BY ? MOST_N : 1)) {
      throw new IllegalArgumentException(
          "%s: n is %d; NTH_BY takes 1 to %d, all others 1".formatted(kind, n, MOST_N));
    }
    if (ignoreNulls && !kind.hasBy()) {
      throw new IllegalArgumentException(
          kind + " has no IGNORE NULLS: only NTH_BY, MIN_BY and MAX_BY take a NULL as a value");
    }
    if (kind.isSum() && value.type() == ValueType.DOUBLE) {
      throw new IllegalArgumentException(
          kind
              + " of DOUBLE depends on the order of the events, because each addition rounds; cast"
              + " the value to DECIMAL");
    }
    if (kind.isSum() && value.type() != ValueType.INTEGER && value.type() != ValueType.DECIMAL) {
      throw new IllegalArgumentException(
          kind + " of " + value.type() + ": it takes INTEGER or DECIMAL");
    }
  }

  public static EventFunction setOnce(Argument value) {
    return of(Kind.SET_ONCE, value);
  }

  public static EventFunction min(Argument value) {
    return of(Kind.MIN, value);
  }

  public static EventFunction max(Argument value) {
    return of(Kind.MAX, value);
  }

  public static EventFunction nthBy(Argument value, Argument time, int n) {
    return new EventFunction(Kind.NTH_BY, value, time, n, false, Expr.TRUE);
  }

  public static EventFunction minBy(Argument value, Argument time) {
    return new EventFunction(Kind.MIN_BY, value, time, 1, false, Expr.TRUE);
  }

  public static EventFunction maxBy(Argument value, Argument time) {
    return new EventFunction(Kind.MAX_BY, value, time, 1, false, Expr.TRUE);
  }

  public static EventFunction boolOr(Expr condition) {
    return of(Kind.BOOL_OR, Argument.truth(condition));
  }

  public static EventFunction boolAnd(Expr condition) {
    return of(Kind.BOOL_AND, Argument.truth(condition));
  }

  public static EventFunction countDistinct(Argument value) {
    return of(Kind.COUNT_DISTINCT, value);
  }

  public static EventFunction count() {
    return of(Kind.COUNT, Argument.NONE);
  }

  public static EventFunction sum(Argument value) {
    return of(Kind.SUM, value);
  }

  public static EventFunction avg(Argument value) {
    return of(Kind.AVG, value);
  }

  private static EventFunction of(Kind kind, Argument value) {
    return new EventFunction(kind, value, Argument.NONE, 1, false, Expr.TRUE);
  }

  /** The same function with IGNORE NULLS. */
  public EventFunction ignoringNulls() {
    return new EventFunction(kind, value, by, n, true, filter);
  }

  /** The same function with a FILTER. */
  public EventFunction where(Expr condition) {
    return new EventFunction(kind, value, by, n, ignoreNulls, condition);
  }

  /** Whether the state holds the ids of all events of a row. */
  public boolean keepsIds() {
    return kind.keepsIds();
  }

  /**
   * The maximum number of facts in a state, each with an id, a time and a value or some of these;
   * {@link Integer#MAX_VALUE} if it grows with the events.
   */
  public int most() {
    return kind == Kind.NTH_BY ? n : kind.most;
  }
}
