package dev.freshet.flow.kafka;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Failure;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.InvalidationMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.Stream;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;

/** Writes what happens in the job as messages. */
public final class OutboundMessages implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String job;
  private final JobPlan plan;

  public OutboundMessages(String job, JobPlan plan) {
    this.job = job;
    this.plan = plan;
  }

  /** What waits goes to the retry stream, what is dead to the dead letters, and leaves them. */
  public OutboundMessage of(Failure failure) {
    JobPlan.Node node = plan.nodeOf(failure.key());
    FailureMessage message =
        FailureMessage.of(
            new FailureMessage.Place(
                job, plan.viewOf(node).view(), node.plan().alias(), node.plan().table()),
            failure.key(),
            new FailureMessage.Cause(
                failure.of().version(),
                failure.of().order(),
                failure.of().number(),
                failure.poison().reason(),
                failure.poison().placed(),
                failure.poison().message(),
                Instant.ofEpochMilli(failure.at())),
            failure.next().wireName(),
            Instant.ofEpochMilli(failure.due()),
            failure.row());
    byte[] key = message.kafkaKey();
    return switch (failure.next()) {
      case RETRY, READ -> new OutboundMessage(Stream.RETRY, key, message.toJson());
      case DEAD -> new OutboundMessage(Stream.DEAD_LETTER, key, message.toJson());
      case RESOLVED -> new OutboundMessage(Stream.DEAD_LETTER, key, null);
    };
  }

  /**
   * Asks for a key to be repaired.
   *
   * @param view place of the view in the plan
   */
  public OutboundMessage repair(int view, Key key, Instant at) {
    Object[] values = key.values();
    KeyRequest request =
        KeyRequest.repair(
            job, plan.views().get(view), Arrays.copyOfRange(values, 1, values.length), at);
    return new OutboundMessage(Stream.REQUESTS, request.kafkaKey(), request.toJson());
  }

  /**
   * A key's state, or a whole view's.
   *
   * @param view place of the view in the plan
   * @param key null for the whole view
   * @param reason null when it is valid
   * @param place the progress with which the store has it
   */
  public OutboundMessage of(int view, Key key, Reason reason, long place, Instant at) {
    InvalidationMessage message =
        InvalidationMessage.of(job, plan.views().get(view), key, reason, place, at);
    return new OutboundMessage(Stream.INVALIDATION, message.kafkaKey(), message.toJson());
  }

  /**
   * The store has a key no longer.
   *
   * @param view place of the view in the plan
   * @param place the progress with which it is so
   */
  public OutboundMessage absent(int view, Key key, long place, Instant at) {
    InvalidationMessage message =
        InvalidationMessage.absent(job, plan.views().get(view), key, place, at);
    return new OutboundMessage(Stream.INVALIDATION, message.kafkaKey(), message.toJson());
  }
}
