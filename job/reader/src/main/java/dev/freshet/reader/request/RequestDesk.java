package dev.freshet.reader.request;

import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.RequestMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Accepts operators' requests for keys and for dead rows, and hands them over to the outbox, within
 * limits:
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
  /** The type of a request to read a dead row from MySQL again. */
  public static final String REPLAY = "replay";

  /** The type of a request to delete a dead letter. */
  public static final String DROP = "drop";

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

  /** A request that can be handed over. */
  private record Message(Same same, Sending sending) {}

  private interface Sending {
    void send() throws NotTaken;
  }

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
   * Hands a request for a key over, unless an equal one was handed over just now.
   *
   * @return the time of this request, or of the equal one before it
   * @throws NotTaken if the request may be lost
   */
  public Instant ask(Form form, Principal principal) throws NotTaken {
    return handOver(
        now -> {
          KeyRequest request = form.at(now);
          return new Message(
              new Same(request.type(), request.job(), request.view(), request.values()),
              () -> outbox.send(request));
        },
        principal);
  }

  /** Asks the job to read a dead row from MySQL again, like {@link #ask}. */
  public Instant replay(FailureMessage letter, Principal principal) throws NotTaken {
    return handOver(
        now -> {
          RequestMessage request = RequestMessage.retry(letter, now);
          return new Message(
              same(REPLAY, letter), () -> outbox.send(request.kafkaKey(), request.toJson()));
        },
        principal);
  }

  /**
   * Deletes a dead letter, like {@link #ask}. The job is not told: the keys that need the row stay
   * INVALID until a newer version of it arrives.
   */
  public Instant drop(FailureMessage letter, Principal principal) throws NotTaken {
    return handOver(
        now -> new Message(same(DROP, letter), () -> outbox.deleteDeadLetter(letter.kafkaKey())),
        principal);
  }

  private static Same same(String type, FailureMessage letter) {
    return new Same(
        type,
        letter.job(),
        letter.view(),
        List.of(letter.alias(), letter.row(), letter.version(), letter.failedAt()));
  }

  private Instant handOver(Function<Instant, Message> form, Principal principal) throws NotTaken {
    if (gate.enter(principal).isPresent()) {
      throw tooMany();
    }
    try {
      return handOver(form);
    } finally {
      gate.leave(principal);
    }
  }

  private Instant handOver(Function<Instant, Message> form) throws NotTaken {
    Message message;
    Sent mine;
    Sent before;
    synchronized (sent) {
      Instant now = clock.instant();
      // Requests that seem to be from the future are removed too: the clock was set back.
      sent.values().removeIf(each -> !each.at().isAfter(now.minus(SAME)) || each.at().isAfter(now));
      message = form.apply(now);
      before = sent.get(message.same());
      if (before == null && sent.size() >= MOST) {
        throw tooMany();
      }
      mine = new Sent(now, new CompletableFuture<>());
      sent.putIfAbsent(message.same(), mine);
    }
    return before == null ? send(message, mine) : outcome(before);
  }

  private Instant send(Message message, Sent mine) throws NotTaken {
    try {
      message.sending().send();
      metrics.requested(message.same().view(), message.same().type());
      mine.outcome().complete(mine.at());
      return mine.at();
    } catch (NotTaken | RuntimeException e) {
      synchronized (sent) {
        sent.remove(message.same(), mine);
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

  private static NotTaken tooMany() {
    return new NotTaken(
        NotTaken.Kind.TOO_MANY,
        "a reader hands over %d requests a second; repeat later, or use freshet repair --all"
            .formatted(MOST));
  }
}
