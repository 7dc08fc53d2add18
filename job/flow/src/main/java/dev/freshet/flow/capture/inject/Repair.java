package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.stream.KeyRequest;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A key, or a root row, that somebody wants to be put right.
 *
 * @param source as it came, for a checkpoint
 * @param view place of the view in the job's plan
 * @param target the view key, with the view's name in front; or the row's key
 * @param ofRow which of both
 * @param invalidate whether the key is not valid until then
 * @param populate whether all that matters is that the store has the key
 */
public record Repair(
    byte[] source, int view, Key target, boolean ofRow, boolean invalidate, boolean populate) {
  public Repair {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(target, "target");
  }

  /**
   * What a message asks for; empty when it is for another job, or for a view that the job has not.
   *
   * @param source the message, marked as {@link RetryRequest} marks them
   * @throws IllegalArgumentException with one line when the message is none
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
