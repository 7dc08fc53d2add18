package dev.freshet.reader.request;

import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.view.stream.KeyRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Takes requests for keys and hands them over.
 *
 * <ul>
 *   <li>The same request again within {@link #SAME} of the one before is that one: its outcome is
 *       told, nothing is sent.
 *   <li>At most {@value #MOST} are sent within {@link #SAME}; at most {@value #AT_ONCE} are on
 *       their way, and as many wait for a moment, so that a Kafka that does not answer takes no
 *       more of the reader's threads.
 *   <li>One that was not taken may be sent again at once.
 * </ul>
 *
 * In memory are the requests of the last moment. Safe for several threads.
 */
public final class RequestDesk {
  static final Duration SAME = Duration.ofSeconds(1);
  static final int MOST = 100;
  private static final int AT_ONCE = 8;
  private static final Duration WAIT = Duration.ofMillis(250);

  private final Outbox outbox;
  private final ReaderMetrics metrics;
  private final InstantSource clock;
  private final Bulkhead gate = new Bulkhead(AT_ONCE, AT_ONCE, WAIT);

  /** In the order they were asked. */
  private final Map<Same, Sent> sent = new LinkedHashMap<>();

  /** What makes two requests the same. */
  private record Same(String type, String job, String view, List<String> values) {}

  private record Sent(Instant at, CompletableFuture<Instant> outcome) {}

  /**
   * A desk.
   *
   * @param clock also by which requests count as new
   */
  public RequestDesk(Outbox outbox, ReaderMetrics metrics, InstantSource clock) {
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Makes a request of the moment when it is asked. */
  public interface Form {
    KeyRequest at(Instant now);
  }

  /**
   * Hands a request over, unless the same was just now.
   *
   * @return when it was asked, or the same before it
   * @throws NotTaken when it is not known to be safe
   */
  public Instant ask(Form form) throws NotTaken {
    if (!gate.enter()) {
      throw tooMany();
    }
    try {
      return askInside(form);
    } finally {
      gate.leave();
    }
  }

  private Instant askInside(Form form) throws NotTaken {
    KeyRequest request;
    Sent mine;
    Sent before;
    synchronized (sent) {
      Instant now = clock.instant();
      // A clock that was put back must not keep them.
      sent.values().removeIf(each -> !each.at().isAfter(now.minus(SAME)) || each.at().isAfter(now));
      request = form.at(now);
      before = sent.get(same(request));
      if (before == null && sent.size() >= MOST) {
        throw tooMany();
      }
      mine = new Sent(now, new CompletableFuture<>());
      sent.putIfAbsent(same(request), mine);
    }
    return before == null ? send(request, mine) : outcome(before);
  }

  private Instant send(KeyRequest request, Sent mine) throws NotTaken {
    try {
      outbox.send(request);
      metrics.requested(request.view(), request.type());
      mine.outcome().complete(mine.at());
      return mine.at();
    } catch (NotTaken | RuntimeException e) {
      synchronized (sent) {
        sent.remove(same(request), mine);
      }
      mine.outcome().completeExceptionally(e);
      throw e;
    }
  }

  /** The outbox ends its wait soon, and with it this one. */
  private static Instant outcome(Sent before) throws NotTaken {
    try {
      return before.outcome().get();
    } catch (ExecutionException e) {
      throw new NotTaken(
          e.getCause() instanceof NotTaken why ? why.kind() : NotTaken.Kind.UNAVAILABLE,
          e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotTaken(NotTaken.Kind.UNAVAILABLE, "the reader stops; ask another");
    }
  }

  private static Same same(KeyRequest request) {
    return new Same(request.type(), request.job(), request.view(), request.values());
  }

  private static NotTaken tooMany() {
    return new NotTaken(
        NotTaken.Kind.TOO_MANY,
        "a reader hands over %d requests a second; ask later, or use freshet repair --all"
            .formatted(MOST));
  }
}
