package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.stream.KeyRequest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A request to repair a view key or a root row.
 *
 * @param source the message as received, for a checkpoint
 * @param view index of the view in the job's plan
 * @param target the view key, preceded by the view's name; or the key of the root row
 * @param ofRow whether {@code target} is a root row
 * @param invalidate whether the key is invalid until the repair is complete
 * @param populate whether the request only asks that the store contains the key
 */
public record Repair(
    byte[] source, int view, Key target, boolean ofRow, boolean invalidate, boolean populate) {
  public Repair {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(target, "target");
  }

  /**
   * Parses a message. Returns empty if it is for another job, or for a view that the job does not
   * have.
   *
   * @param source the message as capture received it, see {@link Received}
   * @param message the message itself
   * @throws IllegalArgumentException with a one-line message if the message cannot be parsed
   */
  public static Optional<Repair> parse(byte[] source, byte[] message, String job, JobPlan plan) {
    KeyRequest request = KeyRequest.read(message);
    if (!request.job().equals(job)) {
      return Optional.empty();
    }
    for (int view = 0; view < plan.views().size(); view++) {
      ViewPlan declared = plan.views().get(view);
      if (declared.view().equals(request.view())) {
        Key target =
            request.isOfRow() ? plan.rowOf(view, request.rowIn(declared)) : request.keyIn(declared);
        return Optional.of(
            new Repair(
                source,
                view,
                target,
                request.isOfRow(),
                request.isInvalidate(),
                request.isPopulate()));
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Repair that
        && Arrays.equals(source, that.source)
        && target.equals(that.target)
        && invalidate == that.invalidate
        && populate == that.populate;
  }

  @Override
  public int hashCode() {
    return target.hashCode();
  }
}
