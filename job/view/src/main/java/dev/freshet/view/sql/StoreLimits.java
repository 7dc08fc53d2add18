package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import java.util.Optional;

/** Finds values that MySQL holds and the store cannot, before they reach a statement. */
public final class StoreLimits {
  private StoreLimits() {}

  /**
   * Why an entry cannot be stored, if it cannot.
   *
   * @param entry the view's outputs in their order
   */
  public static Optional<String> problem(ViewPlan plan, Object[] entry) {
    for (int i = 0; i < entry.length; i++) {
      Column column = plan.outputs().get(i).column();
      if (entry[i] == null && !column.nullable()) {
        return Optional.of("column " + column.name() + " is NULL; the view says it never is");
      }
      if (entry[i] instanceof String text && text.indexOf('\0') >= 0) {
        return Optional.of(
            "column " + column.name() + " holds a NUL character; Postgres has no text with one");
      }
    }
    return Optional.empty();
  }
}
