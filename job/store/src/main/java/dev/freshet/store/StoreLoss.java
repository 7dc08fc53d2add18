package dev.freshet.store;

import dev.freshet.view.Version;
import java.util.OptionalLong;

/**
 * The store lacks commits of the job: it was reset to an earlier state, lost its schema, or is
 * another store. {@link TakeOver} finds it.
 *
 * @param from the version that the job had committed
 * @param to the version that the store has; empty when it has none
 * @param otherStore whether the store has another identity
 */
public record StoreLoss(long from, OptionalLong to, boolean otherStore) {
  @Override
  public String toString() {
    String has = to.isEmpty() ? "has nothing" : "is at " + Version.print(to.getAsLong());
    return (otherStore ? "another store answers, which " : "it lost commits and ")
        + has
        + "; this job had committed "
        + Version.print(from);
  }
}
