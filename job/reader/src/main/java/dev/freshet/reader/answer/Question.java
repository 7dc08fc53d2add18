package dev.freshet.reader.answer;

import java.util.List;
import java.util.Optional;

/**
 * What a caller asks of a view.
 *
 * @param key its values in canonical form
 * @param limit most entries of the page
 * @param after values, in the places of the plan's order, that the page goes on behind
 */
public record Question(ServedView view, List<Object> key, int limit, Optional<List<Object>> after) {
  /** Totals are counted up to here. */
  public static final int TOTAL_CAP = 1000;

  public Question {
    key = List.copyOf(key);
    after = after.map(List::copyOf);
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + " is below 1");
    }
  }
}
