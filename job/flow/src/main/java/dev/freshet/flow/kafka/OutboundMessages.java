package dev.freshet.flow.kafka;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Failure;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.stream.DeadEventMessage;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.InvalidationMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.Stream;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;

/**
 * Converts events of the job to messages on Kafka: failures to retries and dead letters, dead
 * events, states of keys to invalidations, and requests for repairs.
 */
public final class OutboundMessages implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String job;
  private final JobPlan plan;

  public OutboundMessages(String job, JobPlan plan) {
    this.job = job;
    this.plan = plan;
  }

  /**
   * The message about a failure. A row that will be retried goes to the retry stream, a dead row to
   * the dead letters; a row that is no longer dead gets a tombstone there.
   */
  public OutboundMessage of(Failure failure) {
    JobPlan.Node node = plan.nodeOf(failure.key());
    FailureMessage message =
        FailureMessage.of(
            new FailureMessage.Place(job, plan.viewOf(node).view(), node.plan()),
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
   * An event that a read model could not use.
   *
   * @param view the index of the view in the plan
   * @param reason a {@link Reason}'s wire name, or {@link DeadEventMessage#BEFORE_HORIZON}
   * @param record the record's value; null if it has none
   */
  public OutboundMessage deadEvent(
      int view,
      String topic,
      int partition,
      long offset,
      String reason,
      String why,
      Instant at,
      byte[] record) {
    DeadEventMessage message =
        DeadEventMessage.of(
            job, plan.views().get(view).view(), topic, partition, offset, reason, why, at, record);
    return new OutboundMessage(Stream.DEAD_EVENT, message.kafkaKey(), message.toJson());
  }

  /**
   * A request to repair a key.
   *
   * @param view the index of the view in the plan
   */
  public OutboundMessage repair(int view, Key key, Instant at) {
    Object[] values = key.values();
    KeyRequest request =
        KeyRequest.repair(
            job, plan.views().get(view), Arrays.copyOfRange(values, 1, values.length), at);
    return new OutboundMessage(Stream.REQUESTS, request.kafkaKey(), request.toJson());
  }

  /**
   * The state of a key, or of a whole view.
   *
   * @param view the index of the view in the plan
   * @param key null for the whole view
   * @param reason why the state is INVALID; null if it is VALID
   * @param version the version at which the store has the state
   */
  public OutboundMessage of(int view, Key key, Reason reason, long version, Instant at) {
    InvalidationMessage message =
        InvalidationMessage.of(job, plan.views().get(view), key, reason, version, at);
    return new OutboundMessage(Stream.INVALIDATION, message.kafkaKey(), message.toJson());
  }

  /**
   * A message that a key left the store.
   *
   * @param view the index of the view in the plan
   * @param version the version at which the store no longer has the key
   */
  public OutboundMessage absent(int view, Key key, long version, Instant at) {
    InvalidationMessage message =
        InvalidationMessage.absent(job, plan.views().get(view), key, version, at);
    return new OutboundMessage(Stream.INVALIDATION, message.kafkaKey(), message.toJson());
  }
}
