package dev.freshet.view.sql;

import dev.freshet.view.ViewPlan;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Quotes names, and builds lists of them, in the syntax of one database. */
public enum Names {
  MYSQL('`'),
  POSTGRES('"');

  private final String quote;

  Names(char quote) {
    this.quote = String.valueOf(quote);
  }

  public String quoted(String name) {
    return quote + name.replace(quote, quote + quote) + quote;
  }

  /** The quoted name of an output, after {@code prefix}, which may be empty. */
  public String output(ViewPlan plan, String prefix, int index) {
    return prefix + quoted(plan.outputs().get(index).column().name());
  }

  /** {@code a = ? AND b = ?} for outputs of the primary key; in Postgres, for their keys. */
  public String equal(ViewPlan plan, String prefix, Collection<Integer> indexes) {
    return indexes.stream()
        .map(index -> key(plan, prefix, index) + " = ?")
        .collect(Collectors.joining(" AND "));
  }

  /** {@code a, b} for outputs of the primary key; in Postgres, for their keys. */
  public String keys(ViewPlan plan, String prefix, Collection<Integer> indexes) {
    return indexes.stream()
        .map(index -> key(plan, prefix, index))
        .collect(Collectors.joining(", "));
  }

  /**
   * The name of the column by which an output of the primary key is found, after {@code prefix}.
   */
  public String key(ViewPlan plan, String prefix, int index) {
    return this == POSTGRES
        ? prefix + quoted(CanonicalTexts.column(plan, index))
        : output(plan, prefix, index);
  }

  /** {@code a, b}. */
  public String list(ViewPlan plan, String prefix, Collection<Integer> indexes) {
    return indexes.stream()
        .map(index -> output(plan, prefix, index))
        .collect(Collectors.joining(", "));
  }

  /** {@code a DESC, b}: the view's order, for ORDER BY. */
  public String order(ViewPlan plan, String prefix) {
    return plan.order().stream()
        .map(part -> sorted(plan, prefix, part.output()) + direction(plan, part))
        .collect(Collectors.joining(", "));
  }

  /** The name of the column by which an output is sorted, after {@code prefix}. */
  public String sorted(ViewPlan plan, String prefix, int index) {
    return this == POSTGRES && SortKeys.isNeeded(plan, index)
        ? prefix + SortKeys.PREFIX + index
        : output(plan, prefix, index);
  }

  /**
   * {@code AND a >= ? AND a < ?}: the bounds that a read gives, or nothing if it gives none. In
   * Postgres a bound's value is its sort key where the output has one.
   *
   * @param given for each of the plan's bounds whether the read gives its value
   */
  public String bounds(ViewPlan plan, String prefix, List<Boolean> given) {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i)) {
        ViewPlan.Bound bound = plan.bounds().get(i);
        sql.append(" AND ").append(sorted(plan, prefix, bound.output()));
        sql.append(bound.end() == ViewPlan.End.FROM ? " >" : " <");
        sql.append(bound.inclusive() ? "= ?" : " ?");
      }
    }
    return sql.toString();
  }

  /**
   * What follows a column of the view's order in ORDER BY or in an index, if anything: its
   * direction, and for Postgres that NULL is less than every value, as in MySQL.
   */
  public String direction(ViewPlan plan, ViewPlan.Order part) {
    String direction = part.descending() ? " DESC" : "";
    return this == POSTGRES && plan.outputs().get(part.output()).column().nullable()
        ? direction + (part.descending() ? " NULLS LAST" : " NULLS FIRST")
        : direction;
  }

  /**
   * The condition that a column is NULL. For MySQL it is not IS NULL, which is also true of a zero
   * date in a column that is NOT NULL.
   */
  String isNull(String column) {
    return column + (this == MYSQL ? " <=> NULL" : " IS NULL");
  }
}
