package dev.freshet.reader.request;

import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
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
 * Accepts operators' requests for keys and hands them over to the outbox, within limits:
 *
 * <ul>
 *   <li>A request that equals one from the last {@link #SAME} is not sent again; it gets the
 *       outcome of the earlier one.
 *   <li>At most {@value #MOST} requests are sent within {@link #SAME}. At most {@value #AT_ONCE}
 *       are in progress and as many wait briefly, so that a Kafka that does not answer occupies
 *       only these threads of the reader.
 *   <li>A request that failed may be repeated at once.
 * </ul>
 *
 * Keeps the requests of the last {@link #SAME} in memory. Thread-safe.
 */
public final class RequestDesk {
  static final Duration SAME = Duration.ofSeconds(1);
  static final int MOST = 100;
  private static final int AT_ONCE = 8;
  private static final Duration WAIT = Duration.ofMillis(250);

  private final Outbox outbox;
  private final ReaderMetrics metrics;
  private final InstantSource clock;
  private final Bulkhead gate;

  /** The requests in the order of their arrival. */
  private final Map<Same, Sent> sent = new LinkedHashMap<>();

  /** Two requests are the same if these are equal. */
  private record Same(String type, String job, String view, List<String> values) {}

  private record Sent(Instant at, CompletableFuture<Instant> outcome) {}

  /**
   * Creates a desk without requests.
   *
   * @param clock the clock for the requests' times and for {@link #SAME}
   * @param shares how many of the concurrent requests a principal may have
   */
  public RequestDesk(Outbox outbox, ReaderMetrics metrics, InstantSource clock, Shares shares) {
    this.gate = new Bulkhead(AT_ONCE, AT_ONCE, WAIT, shares);
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** Creates a request for a key that carries a given time. */
  public interface Form {
    KeyRequest at(Instant now);
  }

  /**
   * Hands a request over, unless an equal one was handed over just now.
   *
   * @return the time of this request, or of the equal one before it
   * @throws NotTaken if the request may be lost
   */
  public Instant ask(Form form, Principal principal) throws NotTaken {
    if (gate.enter(principal).isPresent()) {
      throw tooMany();
    }
    try {
      return askInside(form);
    } finally {
      gate.leave(principal);
    }
  }

  private Instant askInside(Form form) throws NotTaken {
    KeyRequest request;
    Sent mine;
    Sent before;
    synchronized (sent) {
      Instant now = clock.instant();
      // Requests that seem to be from the future are removed too: the clock was set back.
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

  /** Waits for the outcome of an equal request; the outbox bounds this wait. */
  private static Instant outcome(Sent before) throws NotTaken {
    try {
      return before.outcome().get();
    } catch (ExecutionException e) {
      throw new NotTaken(
          e.getCause() instanceof NotTaken why ? why.kind() : NotTaken.Kind.UNAVAILABLE,
          e.getCause().getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotTaken(NotTaken.Kind.UNAVAILABLE, "this reader stops; send the request again");
    }
  }

  private static Same same(KeyRequest request) {
    return new Same(request.type(), request.job(), request.view(), request.values());
  }

  private static NotTaken tooMany() {
    return new NotTaken(
        NotTaken.Kind.TOO_MANY,
        "a reader hands over %d requests a second; repeat later, or use freshet repair --all"
            .formatted(MOST));
  }
}
