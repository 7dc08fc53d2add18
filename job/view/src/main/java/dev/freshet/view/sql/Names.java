package dev.freshet.view.sql;

import dev.freshet.view.ViewPlan;
import java.util.Collection;
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

  /** {@code a = ? AND b = ?}. */
  public String equal(ViewPlan plan, String prefix, Collection<Integer> indexes) {
    return indexes.stream()
        .map(index -> output(plan, prefix, index) + " = ?")
        .collect(Collectors.joining(" AND "));
  }

  /** {@code a, b}. */
  public String list(ViewPlan plan, String prefix, Collection<Integer> indexes) {
    return indexes.stream()
        .map(index -> output(plan, prefix, index))
        .collect(Collectors.joining(", "));
  }

  /** {@code a DESC, b}: the view's order, for ORDER BY or an index. */
  public String order(ViewPlan plan, String prefix) {
    return plan.order().stream()
        .map(part -> output(plan, prefix, part.output()) + (part.descending() ? " DESC" : ""))
        .collect(Collectors.joining(", "));
  }
}
