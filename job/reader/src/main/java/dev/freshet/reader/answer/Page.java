package dev.freshet.reader.answer;

import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Entries in the view's order.
 *
 * @param rows entries, each with all outputs in canonical form
 * @param total of the key's entries, capped
 * @param next where the next page goes on, if there is one
 */
public record Page(List<Object[]> rows, String total, Optional<List<Object>> next) {
  public Page {
    rows = List.copyOf(rows);
  }

  /**
   * Makes the page out of what a database gave.
   *
   * @param rows up to one more than the limit
   * @param counted the key's entries, counted up to one more than {@link Question#TOTAL_CAP}
   */
  public static Page of(ViewPlan plan, List<Object[]> rows, int limit, long counted) {
    String total = counted > Question.TOTAL_CAP ? Question.TOTAL_CAP + "+" : Long.toString(counted);
    if (rows.size() <= limit) {
      return new Page(rows, total, Optional.empty());
    }
    List<Object[]> shown = rows.subList(0, limit);
    Object[] last = shown.get(limit - 1);
    List<Object> next = new ArrayList<>();
    for (ViewPlan.Order order : plan.order()) {
      next.add(last[order.output()]);
    }
    return new Page(shown, total, Optional.of(Collections.unmodifiableList(next)));
  }
}
