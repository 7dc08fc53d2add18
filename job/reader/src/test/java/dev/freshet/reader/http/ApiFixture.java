package dev.freshet.reader.http;

import dev.freshet.reader.Overview;
import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.access.Access;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Admission;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.Breaker;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.FallbackQueries;
import dev.freshet.reader.answer.NoDemand;
import dev.freshet.reader.answer.Page;
import dev.freshet.reader.answer.PopulationWatch;
import dev.freshet.reader.answer.Projection;
import dev.freshet.reader.answer.QueryHandle;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Store;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.reader.request.DeadLetters;
import dev.freshet.reader.request.NotTaken;
import dev.freshet.reader.request.Outbox;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.reader.secret.TlsIdentity;
import dev.freshet.reader.share.Shares;
import dev.freshet.reader.trace.Tracing;
import dev.freshet.store.Progress;
import dev.freshet.telemetry.Traces;
import dev.freshet.view.ValueType;
import dev.freshet.view.Version;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.LetterBuilder;
import dev.freshet.view.stream.RequestMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server over a store in memory that has the data for the tests; it uses no database. */
final class ApiFixture implements AutoCloseable {
  static final String SECRET = "0123456789abcdef";
  static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123456Z");
  static final ServedView INBOX = new ServedView(PlanBuilder.inbox(), 1, "job", 128);
  static final ServedView BY_NAME =
      new ServedView(
          PlanBuilder.plan("by_name")
              .key("name", ValueType.STRING, "varchar(9)")
              .entryKey("id", ValueType.INTEGER, "bigint")
              .build(),
          1,
          "job",
          128);

  static final Shares SHARES = new Shares(75, 10);

  /** The default limits, with few threads. */
  static final ServerLimits LIMITS =
      new ServerLimits(16, 3000, 1500, 1000, SHARES, ClientTimes.DEFAULT);

  final List<Question> asked = new CopyOnWriteArrayList<>();
  final List<KeyRequest> requested = new CopyOnWriteArrayList<>();

  /** The requests to replay dead letters, and the keys of those that were dropped. */
  final List<RequestMessage> replayed = new CopyOnWriteArrayList<>();

  final List<String> dropped = new CopyOnWriteArrayList<>();

  /** Questions of user 600 wait until it opens. */
  final CountDownLatch gate = new CountDownLatch(1);

  /** Opens when the query of user 504 runs. */
  final CountDownLatch querying = new CountDownLatch(1);

  /** Opens when the query of user 504 is cancelled, because its client has gone. */
  final CountDownLatch cancelled = new CountDownLatch(1);

  final ByteBudget budget = new ByteBudget(80_000_000, 10_000_000);
  private final ReaderMetrics metrics = new ReaderMetrics();
  private final Breaker breaker = new Breaker(() -> true, () -> true);
  private final FallbackQueries fallbacks;
  private final PopulationWatch population;
  private final HttpApi api;
  private final int port;

  private ApiFixture(ServerLimits limits, ListenSocket socket, Traces traces) {
    this.port = socket.port();
    this.fallbacks =
        new FallbackQueries(
            (question, handle) -> {
              if (question.key().equals(List.of(504L, 504L))) {
                awaitCancel(handle);
              }
              throw new Unanswered(Unanswered.Kind.TIMEOUT, "MySQL took too long");
            },
            new Admission(new Bulkhead(1, 0, Duration.ZERO, SHARES), 0, SHARES),
            breaker,
            metrics,
            () -> NOW);
    Store store = this::read;
    this.population = new PopulationWatch(store);
    Answerer answerer =
        new Answerer(
            store,
            (question, written, most) -> CompletableFuture.completedFuture(false),
            population,
            fallbacks,
            new NoDemand(),
            metrics,
            () -> NOW);
    this.api =
        new HttpApi(
            new TwoViews(),
            answerer,
            new LiveAnswers(
                new TwoViews(),
                new Projection(store, new NoDemand(), () -> NOW),
                ear -> () -> {},
                new EventText(() -> NOW),
                budget,
                2,
                Duration.ofDays(1)),
            new RequestDesk(new Kept(), metrics, () -> NOW, SHARES),
            new TwoLetters(),
            metrics,
            new Overview(metrics, () -> NOW),
            () -> new Health(true, false, true, 2),
            new Guard(Access.by(SECRET)),
            new Tracing(traces),
            budget,
            socket,
            limits);
  }

  static ApiFixture start(ServerLimits limits) throws ListenSocket.Taken {
    return start(limits, Optional.empty());
  }

  static ApiFixture start(ServerLimits limits, Optional<TlsIdentity> tls)
      throws ListenSocket.Taken {
    return new ApiFixture(limits, ListenSocket.open("127.0.0.1", 0, tls), Traces.NONE);
  }

  static ApiFixture tracing(Traces traces) throws ListenSocket.Taken {
    return new ApiFixture(LIMITS, ListenSocket.open("127.0.0.1", 0, Optional.empty()), traces);
  }

  int port() {
    return port;
  }

  private Store.Reading read(Question question) {
    asked.add(question);
    if (question.key().equals(List.of(500L, 500L))) {
      throw new IllegalStateException("the secret is out");
    }
    if (question.key().get(0).equals(600L)) {
      awaitGate();
    }
    boolean fresh =
        !question.key().equals(List.of(503L, 503L)) && !question.key().equals(List.of(504L, 504L));
    return new Store.Reading(
        Optional.of(
            new Progress(
                Version.of(0, 12, 4567),
                "",
                fresh ? Optional.of(NOW.minusMillis(38)) : Optional.empty(),
                true)),
        Optional.empty(),
        false,
        Page.of(question, question.view().equals(INBOX) ? entries(question) : List.of(), 2));
  }

  /** Waits until the query of user 504 is cancelled. */
  private void awaitCancel(QueryHandle handle) {
    handle.begin(cancelled::countDown);
    querying.countDown();
    try {
      cancelled.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      handle.end();
    }
  }

  private void awaitGate() {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Returns two entries. The names of user 413 have as many million characters as the number of the
   * site.
   */
  private static List<Object[]> entries(Question question) {
    String name =
        question.key().get(0).equals(413L)
            ? "x".repeat(Math.toIntExact((Long) question.key().get(1)) * 1_000_000)
            : "Ümit";
    return List.of(
        new Object[] {42L, 7L, 9L, 1_000_001L, name}, new Object[] {42L, 7L, 8L, 1_000_000L, null});
  }

  @Override
  public void close() {
    api.close();
    population.close();
    fallbacks.close();
    breaker.close();
  }

  /** Keeps the requests that it accepts; refuses requests for the users 503 and 429. */
  private final class Kept implements Outbox {
    @Override
    public void send(byte[] key, byte[] message) throws NotTaken {
      if (new String(message, StandardCharsets.UTF_8).contains("\"type\":\"retry\"")) {
        replayed.add(RequestMessage.read(message));
        return;
      }
      KeyRequest request = KeyRequest.read(message);
      switch (request.values().get(0)) {
        case "503" -> throw new NotTaken(NotTaken.Kind.UNAVAILABLE, "Kafka is gone");
        case "429" -> throw new NotTaken(NotTaken.Kind.TOO_MANY, "ask later");
        default -> requested.add(request);
      }
    }

    @Override
    public void deleteDeadLetter(byte[] key) {
      dropped.add(new String(key, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      // Nothing to close.
    }
  }

  /** A dead letter of each view. */
  private static final class TwoLetters implements DeadLetters {
    @Override
    public Listed read() {
      return new Listed(
          NOW,
          List.of(
              LetterBuilder.user(7).build().withoutImage(),
              LetterBuilder.user(8).view("by_name").build().withoutImage()),
          true);
    }

    @Override
    public void close() {
      // Nothing to close.
    }
  }

  private static final class TwoViews implements Views {
    private static final Map<String, ServedView> VIEWS =
        Map.of("unread", INBOX, "by_name", BY_NAME);

    @Override
    public Optional<ServedView> find(String name) throws NotServed {
      if (name.equals("broken")) {
        throw new NotServed("view broken cannot be served");
      }
      return Optional.ofNullable(VIEWS.get(name));
    }

    @Override
    public Optional<String> declaration(String name) {
      return Optional.ofNullable(VIEWS.get(name)).map(view -> "CREATE " + view.name());
    }

    @Override
    public Collection<String> names() {
      return VIEWS.keySet();
    }
  }
}
