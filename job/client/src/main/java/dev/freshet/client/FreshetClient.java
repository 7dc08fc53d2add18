package dev.freshet.client;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * A client of one reader, or of several behind one address.
 *
 * <p>A call blocks until it has an answer. It is retried if the connection failed or the reader
 * answered 503 or 429, until the configured deadline; a retry waits for the response's {@code
 * Retry-After}, or for a pause that grows. Other errors are not retried. A call throws {@link
 * ProblemException} with the reader's problem, or {@link UnreachableException} if no reader
 * responded.
 *
 * <p>Thread-safe. Values of a key have the form that the reader uses in URLs; numbers may be passed
 * as such.
 */
public final class FreshetClient implements AutoCloseable {
  private final ClientConfig config;
  private final Figures figures;
  private final HttpClient http;
  private final Calls calls;
  private final ScheduledThreadPoolExecutor timer;
  private final Set<Subscription> streams = ConcurrentHashMap.newKeySet();

  public FreshetClient(ClientConfig config) {
    this(config, Figures.NONE);
  }

  /** A client that counts its calls in a registry, in metrics named {@code freshet_client_…}. */
  public FreshetClient(ClientConfig config, MeterRegistry registry) {
    this(config, Figures.in(registry));
  }

  private FreshetClient(ClientConfig config, Figures figures) {
    this.config = config;
    this.figures = figures;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(config.connectTimeout())
            .build();
    this.calls = new Calls(http, config, figures);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "freshet-client");
              made.setDaemon(true);
              return made;
            },
            new ThreadPoolExecutor.DiscardPolicy());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Reads the first page of a key. */
  public Answer get(String view, Object... key) throws InterruptedException {
    return get(Query.of(view, key));
  }

  public Answer get(Query query) throws InterruptedException {
    return calls.call(
        "get",
        query.patience().orElse(Duration.ZERO),
        () -> request(query.path() + query.parameters()),
        ReaderJson::answer);
  }

  /**
   * The pages of a key, beginning with the query's page. The iterator requests each page when it is
   * needed, and throws what {@link #get} throws. If the thread is interrupted, the iterator sets
   * the interrupt flag and throws {@link UnreachableException}.
   */
  public Iterable<Answer> pages(Query query) {
    return () -> new Pages(query);
  }

  /**
   * Reads the first pages of 1 to 100 keys of a view; the outcomes are in the order of the keys.
   */
  public List<Outcome> batch(String view, List<List<String>> keys, OptionalInt limit)
      throws InterruptedException {
    String path = Query.of(view, "").path();
    byte[] body = ReaderJson.batch(keys, limit);
    return calls.call(
        "batch",
        Duration.ZERO,
        () ->
            request(path.substring(0, path.length() - 1) + ":batch")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
        ReaderJson::outcomes);
  }

  /** Asks the view's job to repair a key from MySQL; returns before the repair is done. */
  public Requested repair(String view, Object... key) throws InterruptedException {
    return ask("repair", Query.of(view, key));
  }

  /** Like {@link #repair}, and the reader answers the key from MySQL until the repair is done. */
  public Requested invalidate(String view, Object... key) throws InterruptedException {
    return ask("invalidate", Query.of(view, key));
  }

  private Requested ask(String what, Query query) throws InterruptedException {
    return calls.call(
        what,
        Duration.ZERO,
        () -> request(query.path() + "/" + what).POST(HttpRequest.BodyPublishers.noBody()),
        ReaderJson::requested);
  }

  /**
   * Sends a key's first page to a listener, at once and whenever it changes, until the subscription
   * or this client is closed. If the connection ends, falls silent, or is refused with a problem
   * that may pass, the client connects again, without a limit. The listener then gets the current
   * answer.
   *
   * @param query may have a limit, but neither a cursor nor {@code after}
   */
  public Subscription events(Query query, EventListener listener) {
    if (query.cursor().isPresent() || query.after().isPresent()) {
      throw new IllegalArgumentException(
          "a stream always has the first page; give neither cursor nor after");
    }
    ReconnectingStream stream =
        new ReconnectingStream(
            http, lastId -> events(query, lastId), listener, config, timer, figures);
    streams.add(stream);
    stream.connect();
    return () -> {
      streams.remove(stream);
      stream.close();
    };
  }

  private HttpRequest events(Query query, Optional<String> lastId) {
    HttpRequest.Builder request =
        request(query.path() + "/events" + query.parameters())
            .header("Accept", "text/event-stream")
            .timeout(config.requestTimeout());
    lastId.ifPresent(id -> request.header("Last-Event-ID", id));
    return request.build();
  }

  private HttpRequest.Builder request(String path) {
    String base = config.url().toString().replaceFirst("/+$", "");
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + config.token().get());
  }

  /** Ends all streams. Calls in progress go on. */
  @Override
  public void close() {
    timer.shutdownNow();
    streams.forEach(Subscription::close);
  }

  private final class Pages implements Iterator<Answer> {
    private Optional<Query> next;

    Pages(Query first) {
      this.next = Optional.of(first);
    }

    @Override
    public boolean hasNext() {
      return next.isPresent();
    }

    @Override
    public Answer next() {
      Query query = next.orElseThrow(NoSuchElementException::new);
      try {
        Answer page = get(query);
        next = page.nextCursor().map(query::cursor);
        return page;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UnreachableException("Interrupted before the page came", e);
      }
    }
  }
}
