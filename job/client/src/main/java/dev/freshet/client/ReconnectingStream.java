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
 * A stream that survives lost connections. When a connection ends, the stream opens another one
 * after a pause, which grows until a line arrives, and sends the version of the last answer as
 * {@code Last-Event-ID}. It uses the threads of the HTTP client and the timer.
 */
final class ReconnectingStream implements Subscription {
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
   * Makes a stream that has not begun.
   *
   * @param request makes the request for a stream that goes on after an answer of the given version
   */
  ReconnectingStream(
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

  /** Schedules another connection, once for each connection that ended. */
  private synchronized void again(Connection over, Optional<Duration> retryAfter) {
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
    long millis = Math.max((long) (pause * chance), retryAfter.map(Duration::toMillis).orElse(0L));
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

  /**
   * Whether to pass an event on: the stream is not closed, and the event is from its current
   * connection.
   */
  private synchronized boolean isTaken(Connection from, EventParser.ServerSentEvent event) {
    if (closed || current.isEmpty() || current.get() != from) {
      return false;
    }
    lastId = event.id();
    return true;
  }

  /** A comment counts, too: the connection works, and the key does not change. */
  private synchronized void works(Connection from) {
    if (current.isPresent() && current.get() == from) {
      failures = 0;
    }
  }

  /** One connection, which receives its lines. */
  private final class Connection implements Flow.Subscriber<String> {
    private final Optional<String> after;
    private final EventParser parser;
    private volatile long heardAt = System.nanoTime();
    private CompletableFuture<?> response = new CompletableFuture<>();
    private volatile Optional<Flow.Subscription> lines = Optional.empty();
    private volatile boolean abandoned;

    Connection(Optional<String> after) {
      this.after = after;
      this.parser = new EventParser(after);
    }

    /** Call with the stream's lock held, like {@link #abandon}. */
    void begin() {
      CompletableFuture<HttpResponse<Optional<byte[]>>> sent;
      try {
        sent = http.sendAsync(request.apply(after), this::body);
      } catch (RuntimeException e) {
        // The token's supplier failed.
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

    /** Reads a stream line by line, and any other response as a whole. */
    private HttpResponse.BodySubscriber<Optional<byte[]>> body(HttpResponse.ResponseInfo info) {
      return info.statusCode() == 200
          ? HttpResponse.BodySubscribers.fromLineSubscriber(
              this, subscriber -> Optional.empty(), StandardCharsets.UTF_8, null)
          : HttpResponse.BodySubscribers.mapping(
              HttpResponse.BodySubscribers.ofByteArray(), Optional::of);
    }

    private void refused(HttpResponse<?> got, byte[] body) {
      Problem problem = ReaderJson.problem(got.statusCode(), body);
      if (problem.status() >= 500 || problem.mayPass()) {
        again(this, RetryAfter.of(got.headers()));
      } else {
        failed(this, new ProblemException(problem));
      }
    }

    /** Replaces the connection if it has been silent for too long, else checks again later. */
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

    /** If {@link #onSubscribe} has not run yet, it sees this call and cancels the subscription. */
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
      works(this);
      Optional<EventParser.ServerSentEvent> event = parser.line(line);
      if (event.isPresent() && isTaken(this, event.get())) {
        deliver(event.get());
      }
      heardAt = System.nanoTime();
      lines.ifPresent(subscription -> subscription.request(1));
    }

    private void deliver(EventParser.ServerSentEvent event) {
      byte[] json = event.data().getBytes(StandardCharsets.UTF_8);
      try {
        switch (event.type()) {
          case "message" -> {
            Answer answer = ReaderJson.answer(ReaderJson.read(json));
            figures.event("answer");
            heard(() -> listener.answer(answer));
          }
          case "doubt" -> {
            Doubt doubt = ReaderJson.doubt(ReaderJson.read(json));
            figures.event("doubt");
            heard(() -> listener.doubt(doubt));
          }
          default -> {
            // An event type of a newer reader.
          }
        }
      } catch (IOException e) {
        failed(this, new UnreachableException("A stream has an event that no reader sends", e));
      }
    }

    /** Runs a call of the listener. An exception of the listener does not end the stream. */
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
