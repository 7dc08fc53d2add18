package dev.freshet.reader.answer;

import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.StoreLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a caller asks of a view.
 *
 * @param key its values in canonical form
 * @param limit most entries of the page
 * @param after values, in the places of the plan's order, that the page goes on behind
 * @param written what the answer must show
 * @param patience for how long the projection may be waited for to show it
 */
public record Question(
    ServedView view,
    List<Object> key,
    int limit,
    Optional<List<Object>> after,
    Optional<WritePosition> written,
    Duration patience) {
  /** Totals are counted up to here. */
  public static final int TOTAL_CAP = 1000;

  /** Of whatever time. */
  public Question(ServedView view, List<Object> key, int limit, Optional<List<Object>> after) {
    this(view, key, limit, after, Optional.empty(), Duration.ZERO);
  }

  public Question {
    key = List.copyOf(key);
    after = after.map(List::copyOf);
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + " is below 1");
    }
  }

  /** What MySQL is asked: it shows every write. */
  Question ofWhateverTime() {
    return new Question(view, key, limit, after);
  }

  /**
   * Whether the store can be asked it: it has no text with a NUL and no key that is too long for an
   * index. What MySQL has of such keys, or behind such a place of a page, the projection has not.
   */
  boolean isOfTheStore() {
    ViewPlan plan = view.plan();
    if (!StoreLimits.hasKey(plan, key)) {
      return false;
    }
    for (int i = 0; after.isPresent() && i < after.get().size(); i++) {
      ValueType type = plan.outputs().get(plan.order().get(i).output()).column().type();
      if (!StoreLimits.has(type, after.get().get(i))) {
        return false;
      }
    }
    return true;
  }
}
