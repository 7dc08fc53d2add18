package dev.freshet.reader;

import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Admission;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.Breaker;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.FallbackQueries;
import dev.freshet.reader.answer.PopulationWatch;
import dev.freshet.reader.answer.Projection;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.config.Limits;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.database.Databases;
import dev.freshet.reader.flink.FlinkWatch;
import dev.freshet.reader.http.EventText;
import dev.freshet.reader.http.Health;
import dev.freshet.reader.http.HttpApi;
import dev.freshet.reader.http.ListenSocket;
import dev.freshet.reader.http.ServerLimits;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.reader.request.DeadLetters;
import dev.freshet.reader.request.KafkaDeadLetters;
import dev.freshet.reader.request.KafkaOutbox;
import dev.freshet.reader.request.KafkaPopulateRequests;
import dev.freshet.reader.request.Outbox;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.reader.trace.Tracing;
import dev.freshet.telemetry.Traces;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A running reader. It also starts while its databases are down; until it has read the catalogue it
 * knows no views and is not healthy.
 */
public final class Reader implements AutoCloseable {
  /**
   * The interval at which watched pages are read again without a notification; the maximum delay of
   * an event if a notification is lost, or if an answer becomes stale.
   */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  /** The reader's name in exported traces and metrics. */
  static final String SERVICE = "freshet-reader";

  private final HttpApi http;
  private final int port;

  /** Closes the parts, in this order. */
  private final List<Runnable> closing;

  private Reader(HttpApi http, int port, List<Runnable> closing) {
    this.http = http;
    this.port = port;
    this.closing = closing;
  }

  /**
   * Starts a reader. The socket is opened last, so that connections are refused until the reader
   * can answer.
   *
   * @param clock the clock for the age of answers
   * @throws ListenSocket.Taken if the reader cannot listen on the address; nothing is left running
   *     then
   */
  public static Reader start(ReaderConfig config, InstantSource clock) throws ListenSocket.Taken {
    // Reports an unusable address before anything is started.
    ListenSocket.check(config.host(), config.port(), config.tls());
    Limits limits = config.limits();
    ReaderMetrics metrics = ReaderMetrics.exportedTo(config.telemetry());
    Traces traces = Traces.start(SERVICE, config.telemetry());
    Bulkhead gate =
        new Bulkhead(
            limits.fallbacks(), limits.fallbackQueue(), limits.fallbackWait(), limits.shares());
    ByteBudget budget = ByteBudget.ofHeap(limits.answerBytes());
    Overview overview = new Overview(metrics, clock);
    StoreMetrics storeMetrics = metrics.store(clock);
    Databases databases =
        new Databases(
            config,
            budget,
            figures -> {
              storeMetrics.show(figures);
              overview.show(figures);
            });
    metrics.watch(budget);
    Breaker breaker = new Breaker(databases::mysqlIsThere, databases::mysqlAnswers);
    Admission admission = new Admission(gate, limits.fallbacksPerSecond(), limits.shares());
    FallbackQueries fallbacks =
        new FallbackQueries(databases.origin(), admission, breaker, metrics, clock);
    metrics.watch(gate);
    metrics.watch(breaker);
    metrics.watch("postgres", databases.postgres());
    metrics.watch("mysql", databases.mysql());
    Outbox outbox = KafkaOutbox.of(config.kafka());
    DeadLetters letters = KafkaDeadLetters.of(config.kafka());
    KafkaPopulateRequests populateRequests =
        new KafkaPopulateRequests(outbox, metrics, clock, limits.shares());
    LiveAnswers live =
        new LiveAnswers(
            databases.views(),
            new Projection(databases.watchedStore(), populateRequests, clock),
            databases.notices(),
            new EventText(clock),
            budget,
            limits.streams(),
            LOOK_AGAIN);
    metrics.watch(live);
    PopulationWatch population = new PopulationWatch(databases.watchedStore());
    Answerer answerer =
        new Answerer(
            databases.store(),
            databases.arrivals(),
            population,
            fallbacks,
            populateRequests,
            metrics,
            clock);
    RequestDesk desk = new RequestDesk(outbox, metrics, clock, limits.shares());
    Optional<FlinkWatch> flink =
        config
            .flinkUrl()
            .map(
                url ->
                    FlinkWatch.start(
                        url,
                        () -> jobs(databases.views()),
                        job ->
                            overview.isBuilding(job) ? databases.rowsOf(job) : OptionalLong.empty(),
                        overview::show));
    List<Runnable> closing =
        List.of(
            populateRequests::close,
            outbox::close,
            letters::close,
            population::close,
            () -> flink.ifPresent(FlinkWatch::close),
            fallbacks::close,
            breaker::close,
            databases::close,
            traces::close,
            metrics::close);
    try {
      ListenSocket socket = ListenSocket.open(config.host(), config.port(), config.tls());
      HttpApi http =
          new HttpApi(
              databases.views(),
              answerer,
              live,
              desk,
              letters,
              metrics,
              overview,
              () -> health(databases, breaker),
              new Guard(config.access()),
              new Tracing(traces),
              budget,
              socket,
              ServerLimits.of(limits));
      return new Reader(http, socket.port(), closing);
    } catch (ListenSocket.Taken e) {
      live.close();
      closing.forEach(Runnable::run);
      throw e;
    }
  }

  /** Returns the names of the jobs whose views can be served. */
  private static Set<String> jobs(Views views) {
    Set<String> jobs = new HashSet<>();
    for (String name : views.names()) {
      try {
        views.find(name).ifPresent(view -> jobs.add(view.job()));
      } catch (Views.NotServed e) {
        // The page shows this problem with the view.
      }
    }
    return jobs;
  }

  /** Returns the port on which the reader listens. */
  public int port() {
    return port;
  }

  /**
   * Stops accepting requests, waits at most 5 seconds for those in progress, then closes
   * everything.
   */
  @Override
  public void close() {
    http.close();
    closing.forEach(Runnable::run);
  }

  private static Health health(Databases databases, Breaker breaker) {
    return new Health(
        databases.postgresAnswers(),
        !breaker.isOpen() && databases.mysqlAnswers(),
        databases.views().isRead(),
        databases.views().names().size());
  }
}
