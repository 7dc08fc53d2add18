package dev.freshet.reader.answer;

import dev.freshet.view.KeyGroups;
import dev.freshet.view.ViewPlan;
import java.util.List;
import java.util.Objects;

/**
 * The active generation of a view.
 *
 * @param generation the generation whose entries are served
 * @param job the job that maintains them
 * @param keyGroups the number of key groups of that job, at least 1
 */
public record ServedView(ViewPlan plan, int generation, String job, int keyGroups) {
  public ServedView {
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(job, "job");
    if (keyGroups < 1) {
      throw new IllegalArgumentException("view " + plan.view() + " has no key groups");
    }
  }

  /** A hash of the parts that tell views apart; a plan is large. */
  @Override
  public int hashCode() {
    return Objects.hash(plan.view(), generation, job);
  }

  public String name() {
    return plan.view();
  }

  /** Returns the key group of a key. */
  public int groupOf(List<Object> key) {
    return KeyGroups.of(plan.viewKeyOf(key.toArray()), keyGroups);
  }
}
