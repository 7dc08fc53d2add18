package dev.freshet.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One stream, over as many connections as it takes: whatever ends one, the next says which answer
 * was the last, after a pause that grows until an event comes. No thread belongs to it.
 */
final class EventStream implements Subscription {
  private final HttpClient http;
  private final Function<Optional<String>, HttpRequest> request;
  private final EventListener listener;
  private final ClientConfig config;
  private final ScheduledExecutorService timer;
  private final Figures figures;
  private Optional<String> lastId = Optional.empty();
  private Optional<Connection> current = Optional.empty();
  private int failures;
  private boolean closed;

  /**
   * A stream that is not begun.
   *
   * @param request for a stream behind an answer of this version
   */
  EventStream(
      HttpClient http,
      Function<Optional<String>, HttpRequest> request,
      EventListener listener,
      ClientConfig config,
      ScheduledExecutorService timer,
      Figures figures) {
    this.http = http;
    this.request = request;
    this.listener = listener;
    this.config = config;
    this.timer = timer;
    this.figures = figures;
  }

  synchronized void connect() {
    if (closed) {
      return;
    }
    Connection connection = new Connection(lastId);
    current = Optional.of(connection);
    connection.begin();
  }

  @Override
  public synchronized void close() {
    closed = true;
    current.ifPresent(Connection::abandon);
  }

  /** Another connection after a pause; only once for each. */
  private synchronized void again(Connection over, Optional<Duration> said) {
    if (closed || current.isEmpty() || current.get() != over) {
      return;
    }
    current = Optional.empty();
    over.abandon();
    figures.reconnected();
    long most = config.longestPause().toMillis();
    long pause = Math.min(most, config.firstPause().toMillis() << Math.min(failures, 20));
    failures++;
    double chance = ThreadLocalRandom.current().nextDouble(0.75, 1.25);
    long millis = Math.max((long) (pause * chance), said.map(Duration::toMillis).orElse(0L));
    var unused = timer.schedule(this::connect, millis, TimeUnit.MILLISECONDS);
  }

  private void failed(Connection over, FreshetException cause) {
    synchronized (this) {
      if (closed || current.isEmpty() || current.get() != over) {
        return;
      }
      closed = true;
      over.abandon();
    }
    listener.failed(cause);
  }

  /** Whether it is to be told: nobody has closed the stream, and no other connection is open. */
  private synchronized boolean isTaken(Connection from, EventParser.Event event) {
    if (closed || current.isEmpty() || current.get() != from) {
      return false;
    }
    failures = 0;
    lastId = event.id();
    return true;
  }

  /** One connection; a subscriber of its lines. */
  private final class Connection implements Flow.Subscriber<String> {
    private final Optional<String> behind;
    private final EventParser parser;
    private volatile long heardAt = System.nanoTime();
    private CompletableFuture<?> response = new CompletableFuture<>();
    private volatile Optional<Flow.Subscription> lines = Optional.empty();
    private volatile boolean abandoned;

    Connection(Optional<String> behind) {
      this.behind = behind;
      this.parser = new EventParser(behind);
    }

    /** With the stream's lock, like {@link #abandon}. */
    void begin() {
      CompletableFuture<HttpResponse<Optional<byte[]>>> sent;
      try {
        sent = http.sendAsync(request.apply(behind), this::body);
      } catch (RuntimeException e) {
        // The token could not be had.
        again(this, Optional.empty());
        return;
      }
      response = sent;
      var unused =
          sent.whenComplete(
              (got, failure) -> {
                if (failure != null) {
                  again(this, Optional.empty());
                } else {
                  got.body().ifPresent(body -> refused(got, body));
                }
              });
      watch();
    }

    /** An answer is read as it comes, anything else as a whole. */
    private HttpResponse.BodySubscriber<Optional<byte[]>> body(HttpResponse.ResponseInfo info) {
      return info.statusCode() == 200
          ? HttpResponse.BodySubscribers.fromLineSubscriber(
              this, subscriber -> Optional.empty(), StandardCharsets.UTF_8, null)
          : HttpResponse.BodySubscribers.mapping(
              HttpResponse.BodySubscribers.ofByteArray(), Optional::of);
    }

    private void refused(HttpResponse<?> got, byte[] body) {
      Problem problem = Json.problem(got.statusCode(), body);
      if (problem.status() >= 500 || problem.mayPass()) {
        again(this, RetryAfter.of(got.headers()));
      } else {
        failed(this, new ProblemException(problem));
      }
    }

    /** A connection that died without a word says nothing any more. */
    private void watch() {
      long rest = heardAt + config.silence().toNanos() - System.nanoTime();
      if (rest <= 0) {
        again(this, Optional.empty());
      } else {
        var unused =
            timer.schedule(
                () -> {
                  if (!abandoned) {
                    watch();
                  }
                },
                rest,
                TimeUnit.NANOSECONDS);
      }
    }

    /** Whoever of this and {@link #onSubscribe} comes second sees the other, and cancels. */
    void abandon() {
      abandoned = true;
      response.cancel(true);
      lines.ifPresent(Flow.Subscription::cancel);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      lines = Optional.of(subscription);
      if (abandoned) {
        subscription.cancel();
      } else {
        subscription.request(1);
      }
    }

    @Override
    public void onNext(String line) {
      heardAt = System.nanoTime();
      Optional<EventParser.Event> event = parser.line(line);
      if (event.isPresent() && isTaken(this, event.get())) {
        tell(event.get());
      }
      heardAt = System.nanoTime();
      lines.ifPresent(subscription -> subscription.request(1));
    }

    private void tell(EventParser.Event event) {
      byte[] json = event.data().getBytes(StandardCharsets.UTF_8);
      try {
        switch (event.type()) {
          case "message" -> {
            Answer answer = Json.answer(Json.read(json));
            figures.event("answer");
            heard(() -> listener.answer(answer));
          }
          case "doubt" -> {
            Doubt doubt = Json.doubt(Json.read(json));
            figures.event("doubt");
            heard(() -> listener.doubt(doubt));
          }
          default -> {
            // Of a newer reader.
          }
        }
      } catch (IOException e) {
        failed(
            this, new UnreachableException("What came over a stream is no event of a reader", e));
      }
    }

    /** What a listener throws is its own: the stream goes on. */
    private void heard(Runnable call) {
      try {
        call.run();
      } catch (RuntimeException e) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      again(this, Optional.empty());
    }

    @Override
    public void onComplete() {
      again(this, Optional.empty());
    }
  }
}
