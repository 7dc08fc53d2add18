package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A request to retry a row. It comes from the job's own retry stream or from an operator.
 *
 * @param source the message as received, for a checkpoint
 * @param key the key of the row
 * @param of the attempt that failed
 * @param read whether to read the row from MySQL first; otherwise the node retries the row that it
 *     holds
 * @param failedAt when the attempt failed, in milliseconds since the epoch
 * @param due the earliest time of the retry, in milliseconds since the epoch
 */
public record RetryRequest(
    byte[] source, Key key, Event.Attempt of, boolean read, long failedAt, long due) {
  /**
   * Parses a message. Returns empty if it is for another job, or if the job's view no longer has
   * such a row.
   *
   * @param source the encoded form of {@code received}
   * @throws IllegalArgumentException with a one-line message if the message cannot be parsed
   */
  public static Optional<RetryRequest> parse(
      byte[] source, Received received, String job, JobPlan plan) {
    try {
      if (received.stream() == Stream.RETRY) {
        FailureMessage failure = FailureMessage.read(received.message());
        return failure.job().equals(job)
            ? Optional.of(retry(source, failure)).filter(w -> fits(w, failure, plan))
            : Optional.empty();
      }
      RequestMessage request = RequestMessage.read(received.message());
      return request.job().equals(job)
          ? Optional.of(request(source, request)).filter(w -> fits(w, request, plan))
          : Optional.empty();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a time that is too far away (" + e.getMessage() + ")", e);
    }
  }

  private static boolean fits(RetryRequest request, FailureMessage message, JobPlan plan) {
    return plan.isRow(request.key())
        && message.view().equals(plan.viewOf(plan.nodeOf(request.key())).view())
        && message.alias().equals(plan.nodeOf(request.key()).plan().alias());
  }

  private static boolean fits(RetryRequest request, RequestMessage message, JobPlan plan) {
    return plan.isRow(request.key())
        && message.view().equals(plan.viewOf(plan.nodeOf(request.key())).view());
  }

  private static RetryRequest retry(byte[] source, FailureMessage message) {
    boolean read = message.next().equals(Failure.Next.READ.wireName());
    if (!read && !message.next().equals(Failure.Next.RETRY.wireName())) {
      throw new IllegalArgumentException("the next step '" + message.next() + "' is not a retry");
    }
    return new RetryRequest(
        source,
        message.rowKey(),
        attempt(message.version(), message.order(), message.attempt()),
        read,
        Instant.parse(message.failedAt()).toEpochMilli(),
        Instant.parse(message.dueAt()).toEpochMilli());
  }

  private static RetryRequest request(byte[] source, RequestMessage message) {
    if (!message.type().equals(RequestMessage.RETRY)) {
      throw new IllegalArgumentException("'" + message.type() + "' is not a known request type");
    }
    long at = Instant.parse(message.at()).toEpochMilli();
    return new RetryRequest(
        source,
        message.rowKey(),
        attempt(message.version(), message.order(), message.attempt()),
        true,
        at,
        at);
  }

  private static Event.Attempt attempt(String version, long order, int number) {
    return new Event.Attempt(Version.parse(version), order, number);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RetryRequest that
        && Arrays.equals(source, that.source)
        && key.equals(that.key)
        && of.equals(that.of)
        && read == that.read
        && failedAt == that.failedAt
        && due == that.due;
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, of);
  }
}
