package dev.freshet.client;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
 * A reader, or many behind one address.
 *
 * <p>A call waits for its answer and is made again where that may help: without a connection, and
 * where the reader says 503 or 429, after its {@code Retry-After} or a pause that grows, until the
 * configured deadline. It throws {@link ProblemException} with what the reader said, and {@link
 * UnreachableException} when nothing came. What is wrong with the request is not tried again.
 *
 * <p>Safe for many threads. Values of a key are given as the reader writes them in URLs; numbers
 * are as good as their text.
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

  /** Counts in a registry: {@code freshet_client_…}. */
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

  /** The first page of a key. */
  public Answer get(String view, Object... key) throws InterruptedException {
    return get(Query.of(view, key));
  }

  public Answer get(Query query) throws InterruptedException {
    return calls.call("get", () -> request(query.path() + query.parameters()), Json::answer);
  }

  /**
   * All pages of a key from the query's on, each asked for when it is wanted. The iterator throws
   * what {@link #get} does; where the thread is interrupted it sets the flag again and throws
   * {@link UnreachableException}.
   */
  public Iterable<Answer> pages(Query query) {
    return () -> new Pages(query);
  }

  /** The answers for 1 to 100 keys of a view, in their order. */
  public List<Outcome> batch(String view, List<List<String>> keys, OptionalInt limit)
      throws InterruptedException {
    String path = Query.of(view, "").path();
    byte[] body = Json.batch(keys, limit);
    return calls.call(
        "batch",
        () ->
            request(path.substring(0, path.length() - 1) + ":batch")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
        Json::outcomes);
  }

  /** Asks the view's job to put a key right; returns before that is done. */
  public Requested repair(String view, Object... key) throws InterruptedException {
    return ask("repair", Query.of(view, key));
  }

  /** The same, and MySQL answers the key until then. */
  public Requested invalidate(String view, Object... key) throws InterruptedException {
    return ask("invalidate", Query.of(view, key));
  }

  private Requested ask(String what, Query query) throws InterruptedException {
    return calls.call(
        what,
        () -> request(query.path() + "/" + what).POST(HttpRequest.BodyPublishers.noBody()),
        Json::requested);
  }

  /**
   * Tells a listener a key's first page, at once and whenever it changes, until the subscription or
   * this client is closed. A connection that ends, is refused for now, or falls silent is made
   * again, as often as it takes; what changed meanwhile is told then as it stands.
   *
   * @param query with a limit at most
   */
  public Subscription events(Query query, EventListener listener) {
    if (query.cursor().isPresent() || query.after().isPresent()) {
      throw new IllegalArgumentException(
          "a stream is of the first page and needs no cursor or after");
    }
    EventStream stream =
        new EventStream(http, lastId -> events(query, lastId), listener, config, timer, figures);
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

  /** Ends all streams. */
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
