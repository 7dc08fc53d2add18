package dev.freshet.reader.http;

import dev.freshet.reader.PeriodicTask;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.reader.live.NotSubscribed;
import dev.freshet.reader.live.Subscriber;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Quota;
import dev.freshet.view.Version;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * All event streams of a reader. A stream ends when its client closes the connection, when its
 * client may no longer read the key (checked with each heartbeat), when its view is removed, or
 * when this object is closed. Thread-safe.
 */
final class EventStreams implements AutoCloseable {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final LiveAnswers live;
  private final Quota quota;
  private final ReaderMetrics metrics;
  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
  private final PeriodicTask heartbeats;

  /**
   * Creates an object without streams.
   *
   * @param quota the callers' shares of the streams
   */
  EventStreams(LiveAnswers live, Quota quota, ReaderMetrics metrics) {
    this.live = live;
    this.quota = quota;
    this.metrics = metrics;
    this.heartbeats =
        PeriodicTask.start(
            "event-heartbeats", HEARTBEAT, HEARTBEAT, () -> streams.forEach(EventStream::beat));
  }

  /**
   * Answers a request with a stream, which uses no thread.
   *
   * @param allowed whether the client may still read the key
   * @throws Problem.Refused if the header {@code Last-Event-ID} is malformed, or there are too many
   *     streams
   */
  void open(Exchange exchange, Question question, BooleanSupplier allowed) {
    Optional<Long> known = known(exchange.header(LAST_EVENT_ID));
    Principal principal = exchange.principal();
    if (!take(principal)) {
      metrics.shareRefused("streams");
      throw new Problem(
              Problem.Kind.TOO_MANY_STREAMS,
              "the holder of this token has %d event streams, which is its share; close some, or raise reader.streams"
                  .formatted(quota.of(principal)))
          .refused();
    }
    EventStream stream = new EventStream(exchange, allowed);
    Subscriber subscriber;
    try {
      subscriber = live.follow(question, known, stream::wake, stream::end);
    } catch (NotSubscribed e) {
      quota.release(principal);
      throw new Problem(Problem.Kind.TOO_MANY_STREAMS, e.getMessage()).refused();
    }
    streams.add(stream);
    var unused =
        stream
            .ended()
            .thenRun(
                () -> {
                  streams.remove(stream);
                  quota.release(principal);
                  live.leave(question, subscriber);
                });
    exchange.header("Cache-Control", "no-store");
    exchange.header("X-Accel-Buffering", "no");
    exchange.begin(200, EventText.MEDIA_TYPE);
    // From here on the stream counts as a stream only.
    exchange.countOut();
    stream.start(subscriber);
  }

  /** Counts a stream. Clients that have gone are otherwise noticed with the next heartbeat. */
  private boolean take(Principal principal) {
    if (quota.take(principal)) {
      return true;
    }
    streams.forEach(EventStream::endIfGone);
    return quota.take(principal);
  }

  private static Optional<Long> known(String id) {
    if (id == null || id.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Version.parse(id));
    } catch (IllegalArgumentException e) {
      throw new Problem(Problem.Kind.BAD_REQUEST, "header Last-Event-ID: " + e.getMessage())
          .refused();
    }
  }

  /** Ends all streams and accepts no more. */
  @Override
  public void close() {
    heartbeats.close();
    live.close();
  }
}
