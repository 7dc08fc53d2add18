package dev.freshet.reader.answer;

import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A page of a key's entries, in the view's order.
 *
 * @param rows the entries, each with all outputs in canonical form
 * @param total the number of the key's entries as {@link Question#total} prints it
 * @param next the order values after which the next page starts; empty if this is the last page
 */
public record Page(List<Object[]> rows, String total, Optional<List<Object>> next) {
  private static final int OF_ROW = 32;
  private static final int OF_VALUE = 16;

  public Page {
    rows = List.copyOf(rows);
  }

  /** Returns the approximate size of an entry in memory, in bytes. */
  public static long bytes(Object[] row) {
    long bytes = OF_ROW;
    for (Object value : row) {
      bytes += OF_VALUE;
      if (value instanceof String text) {
        bytes += text.length();
      } else if (value instanceof byte[] binary) {
        bytes += binary.length;
      }
    }
    return bytes;
  }

  /** Returns the approximate size of all entries in memory, in bytes. */
  public long bytes() {
    return rows.stream().mapToLong(Page::bytes).sum();
  }

  /**
   * Creates a page from the rows of a database.
   *
   * @param rows at most one row more than the question's limit
   * @param counted the number of the key's entries, counted up to one more than {@link
   *     Question#TOTAL_CAP} or, if the question says so, exactly
   */
  public static Page of(Question question, List<Object[]> rows, long counted) {
    return of(question.view().plan(), rows, question.limit(), question.total(counted));
  }

  private static Page of(ViewPlan plan, List<Object[]> rows, int limit, String total) {
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
