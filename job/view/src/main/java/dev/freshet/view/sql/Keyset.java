package dev.freshet.view.sql;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.ViewPlan.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The condition that a row comes after a cursor in the view's order, in which NULL is less than
 * every value. For {@code a DESC, b, c} it is {@code a <= ? AND (a < ? OR b >= ? AND (b > ? OR c >
 * ?))}.
 *
 * <p>If the first column of the order may be NULL, the condition consists of two parts, of which at
 * most one holds for a row: {@code a <= ? AND (…)} and {@code a IS NULL}. For each part, both
 * databases begin an index scan at its first row. For Postgres, the values of some columns are
 * their {@link SortKeys}. Immutable.
 */
public final class Keyset {
  private final ViewPlan plan;
  private final List<Object> after;

  /**
   * A condition.
   *
   * @param sql its text, without an OR outside of parentheses
   * @param positions for each {@code ?}, the position of its value among the cursor's values
   */
  public record Part(String sql, List<Integer> positions) {
    public Part {
      positions = List.copyOf(positions);
    }
  }

  /**
   * Takes a cursor.
   *
   * @param after its values, one for each column of the view's order; null for NULL
   */
  public Keyset(ViewPlan plan, List<Object> after) {
    this.plan = plan;
    this.after = after;
  }

  /**
   * Returns the whole condition in MySQL's syntax.
   *
   * @param prefix precedes each column
   */
  public Part mysql(String prefix) {
    List<Part> parts = parts(Names.MYSQL, prefix);
    return new Part(
        parts.stream().map(Part::sql).collect(Collectors.joining(" OR ", "(", ")")),
        parts.stream().flatMap(part -> part.positions().stream()).toList());
  }

  /** Returns the parts of the condition in Postgres's syntax; at least one. */
  public List<Part> postgres() {
    return parts(Names.POSTGRES, "");
  }

  private List<Part> parts(Names names, String prefix) {
    Order first = plan.order().get(0);
    List<Part> parts = new ArrayList<>();
    parts.add(new Writer(names, prefix).first());
    boolean isNull = after.get(0) == null;
    if (isNullable(first) && first.descending() != isNull) {
      String column = names.sorted(plan, prefix, first.output());
      parts.add(new Part(isNull ? column + " IS NOT NULL" : names.isNull(column), List.of()));
    }
    return parts;
  }

  private boolean isNullable(Order part) {
    return plan.outputs().get(part.output()).column().nullable();
  }

  /** Writes a condition from left to right. */
  private final class Writer {
    private final Names names;
    private final String prefix;
    private final List<Integer> positions = new ArrayList<>();

    private Writer(Names names, String prefix) {
      this.names = names;
      this.prefix = prefix;
    }

    /** Returns the condition of rows whose first column is NULL exactly if the cursor's is. */
    private Part first() {
      String text =
          after.get(0) == null
              ? names.isNull(column(0)) + (isLast(0) ? " AND FALSE" : " AND " + from(1))
              : ofValue(0, false);
      return new Part(text, positions);
    }

    private String from(int position) {
      Order part = plan.order().get(position);
      if (after.get(position) != null) {
        return ofValue(position, isNullable(part) && part.descending());
      }
      String rest = isLast(position) ? "FALSE" : from(position + 1);
      return part.descending()
          ? names.isNull(column(position)) + " AND " + rest
          : "(" + column(position) + " IS NOT NULL OR " + rest + ")";
    }

    private String ofValue(int position, boolean orNull) {
      boolean descending = plan.order().get(position).descending();
      if (isLast(position)) {
        return compared(position, descending ? " < ?" : " > ?", orNull);
      }
      return compared(position, descending ? " <= ?" : " >= ?", orNull)
          + " AND ("
          + compared(position, descending ? " < ?" : " > ?", orNull)
          + " OR "
          + from(position + 1)
          + ")";
    }

    private String compared(int position, String operator, boolean orNull) {
      positions.add(position);
      String comparison = column(position) + operator;
      return orNull ? "(" + comparison + " OR " + names.isNull(column(position)) + ")" : comparison;
    }

    private String column(int position) {
      return names.sorted(plan, prefix, plan.order().get(position).output());
    }

    private boolean isLast(int position) {
      return position == plan.order().size() - 1;
    }
  }
}
