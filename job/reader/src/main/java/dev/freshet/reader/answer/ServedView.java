package dev.freshet.reader.answer;

import dev.freshet.view.KeyGroups;
import dev.freshet.view.ViewPlan;
import java.util.List;
import java.util.Objects;

/**
 * A view's active generation.
 *
 * @param generation whose entries are served
 * @param job that keeps them
 * @param keyGroups of that job
 */
public record ServedView(ViewPlan plan, int generation, String job, int keyGroups) {
  public ServedView {
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(job, "job");
    if (keyGroups < 1) {
      throw new IllegalArgumentException("view " + plan.view() + " has no key groups");
    }
  }

  public String name() {
    return plan.view();
  }

  /** The key group whose writer keeps a key. */
  public int groupOf(List<Object> key) {
    return KeyGroups.of(plan.viewKeyOf(key.toArray()), keyGroups);
  }
}
