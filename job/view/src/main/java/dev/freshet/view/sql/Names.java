package dev.freshet.view.sql;

import dev.freshet.view.ViewPlan;
import java.util.Collection;
import java.util.stream.Collectors;

/** Quotes the names of one database. */
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

  /** The quoted name of an output, with {@code prefix} in front, which may be empty. */
  public String output(ViewPlan plan, String prefix, int place) {
    return prefix + quoted(plan.outputs().get(place).column().name());
  }

  /** {@code a = ? AND b = ?}. */
  public String equal(ViewPlan plan, String prefix, Collection<Integer> places) {
    return places.stream()
        .map(place -> output(plan, prefix, place) + " = ?")
        .collect(Collectors.joining(" AND "));
  }

  /** {@code a, b}. */
  public String list(ViewPlan plan, String prefix, Collection<Integer> places) {
    return places.stream()
        .map(place -> output(plan, prefix, place))
        .collect(Collectors.joining(", "));
  }

  /** {@code a DESC, b}: what stands after ORDER BY, or in an index. */
  public String order(ViewPlan plan, String prefix) {
    return plan.order().stream()
        .map(part -> output(plan, prefix, part.output()) + (part.descending() ? " DESC" : ""))
        .collect(Collectors.joining(", "));
  }
}
