package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.Stream;
import java.time.Instant;

/** What Kafka brings of the job {@code job}, for tests. */
public final class SampleMessages {
  /** When the rows of {@link #failure} failed, and when they are due. */
  public static final long FAILED_AT = 5;

  public static final long DUE = 6;

  private SampleMessages() {}

  /**
   * A row that failed.
   *
   * @param next what is to be done with it
   */
  public static FailureMessage failure(JobPlan plan, String view, String next, Key row) {
    return FailureMessage.of(
        new FailureMessage.Place("job", view, plan.node(0).plan()),
        row,
        new FailureMessage.Cause(
            100, 3, 2, Reason.FAILED, true, "x", Instant.ofEpochMilli(FAILED_AT)),
        next,
        Instant.ofEpochMilli(DUE),
        null);
  }

  /** The same as capture takes it. */
  public static byte[] retry(JobPlan plan, String next, Key row) {
    return received(Stream.RETRY, failure(plan, plan.views().get(0).view(), next, row).toJson());
  }

  /** A message as capture takes it, from a place in Kafka. */
  public static byte[] received(Stream stream, byte[] message) {
    return new Received(stream, 0, 17, message).encode();
  }

  /** A request to repair the key of a user in {@code SamplePlan.inbox}. */
  public static KeyRequest repair(JobPlan plan, long user) {
    return KeyRequest.repair("job", plan.views().get(0), key(user), Instant.EPOCH);
  }

  /** The same, and until then the key is not valid. */
  public static KeyRequest invalidate(JobPlan plan, long user) {
    return KeyRequest.invalidate("job", plan.views().get(0), key(user), Instant.EPOCH);
  }

  /** A request that the store has the key. */
  public static KeyRequest populate(JobPlan plan, long user) {
    return KeyRequest.populate("job", plan.views().get(0), key(user), Instant.EPOCH);
  }

  private static Object[] key(long user) {
    return new Object[] {user, 7L};
  }
}
