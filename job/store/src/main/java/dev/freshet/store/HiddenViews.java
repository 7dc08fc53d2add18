package dev.freshet.store;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The views of a range that are not served because they are being rebuilt from the job's state.
 *
 * @param views the names of the views
 * @param reason the wire name of the reason; empty when no view is hidden
 * @param rebuilt the version of the last rebuild that was completed; 0 before the first
 */
public record HiddenViews(Set<String> views, Optional<String> reason, long rebuilt) {
  /** No view is hidden, and none was ever rebuilt. */
  public static final HiddenViews NONE = new HiddenViews(Set.of(), Optional.empty(), 0);

  public HiddenViews {
    views = Set.copyOf(views);
    Objects.requireNonNull(reason, "reason");
  }
}
