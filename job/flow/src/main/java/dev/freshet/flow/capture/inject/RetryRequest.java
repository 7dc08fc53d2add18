package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.KeysRead;
import dev.freshet.view.stream.RequestMessage;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A row that somebody wants to be tried again: the job itself by its retry stream, or an operator
 * by a request.
 *
 * @param source as it came, for a checkpoint
 * @param of the attempt that failed
 * @param read whether MySQL is asked for the row; otherwise its node tries what it holds
 * @param failedAt milliseconds of the wall clock
 * @param due likewise; not before
 */
public record RetryRequest(
    byte[] source, Key key, Event.Attempt of, boolean read, long failedAt, long due) {
  private static final byte RETRY = 1;
  private static final byte REQUEST = 2;

  /** A message of the retry stream, marked as such. */
  public static byte[] retry(byte[] message) {
    return marked(RETRY, message);
  }

  /** A message of the requests stream, marked as such. */
  public static byte[] request(byte[] message) {
    return marked(REQUEST, message);
  }

  /** What a marked message asks for of a key; null when it is another message. */
  public static byte[] ofKey(byte[] source) {
    byte[] message = unmarked(source);
    return source[0] == REQUEST && KeyRequest.isOne(message) ? message : null;
  }

  /** What a marked message says of keys that were read; null when it is another message. */
  public static byte[] ofReads(byte[] source) {
    byte[] message = unmarked(source);
    return source[0] == REQUEST && KeysRead.isOne(message) ? message : null;
  }

  /**
   * What a marked message wants; empty when it is for another job, or for a view that the job has
   * no longer as it was then.
   *
   * @throws IllegalArgumentException with one line when it is no message
   */
  public static Optional<RetryRequest> parse(byte[] source, String job, JobPlan plan) {
    byte[] message = unmarked(source);
    return switch (source[0]) {
      case RETRY -> {
        FailureMessage failure = FailureMessage.read(message);
        boolean meant = failure.job().equals(job);
        yield meant
            ? Optional.of(retry(source, failure)).filter(w -> fits(w, failure, plan))
            : none();
      }
      case REQUEST -> {
        RequestMessage request = RequestMessage.read(message);
        boolean meant = request.job().equals(job);
        yield meant
            ? Optional.of(request(source, request)).filter(w -> fits(w, request, plan))
            : none();
      }
      default -> throw new IllegalArgumentException("no stream has the mark " + source[0]);
    };
  }

  private static Optional<RetryRequest> none() {
    return Optional.empty();
  }

  private static boolean fits(RetryRequest wish, FailureMessage message, JobPlan plan) {
    return plan.isRow(wish.key())
        && message.view().equals(plan.viewOf(plan.nodeOf(wish.key())).view())
        && message.alias().equals(plan.nodeOf(wish.key()).plan().alias());
  }

  private static boolean fits(RetryRequest wish, RequestMessage message, JobPlan plan) {
    return plan.isRow(wish.key())
        && message.view().equals(plan.viewOf(plan.nodeOf(wish.key())).view());
  }

  private static RetryRequest retry(byte[] source, FailureMessage message) {
    boolean read = message.next().equals(Failure.Next.READ.wireName());
    if (!read && !message.next().equals(Failure.Next.RETRY.wireName())) {
      throw new IllegalArgumentException("'" + message.next() + "' is nothing to do");
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
      throw new IllegalArgumentException("'" + message.type() + "' is no request");
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

  private static byte[] unmarked(byte[] source) {
    return Arrays.copyOfRange(source, 1, source.length);
  }

  private static byte[] marked(byte mark, byte[] message) {
    byte[] marked = new byte[message.length + 1];
    marked[0] = mark;
    System.arraycopy(message, 0, marked, 1, message.length);
    return marked;
  }
}
