package dev.freshet.reader;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.AnswerMetrics;
import dev.freshet.reader.answer.Breaker;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Fallback;
import dev.freshet.reader.answer.Rejection;
import dev.freshet.reader.answer.SlowestFallbacks;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import dev.freshet.telemetry.TelemetryOptions;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.ipc.http.HttpUrlConnectionSender;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.registry.otlp.OtlpHttpMetricsSender;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * The metrics of the reader and of the store.
 *
 * <ul>
 *   <li>{@code freshet_reader_answers_total} by view, source, state and reason. Answers from the
 *       projection without a reason are hits; with reason {@code stale} MySQL did not answer
 *   <li>{@code freshet_reader_answer_seconds} by source, a histogram of the time to answer
 *   <li>{@code freshet_reader_lag_ms} of the projection's answers, a histogram
 *   <li>{@code freshet_reader_problems_total} by kind
 *   <li>{@code freshet_reader_requests_total} by view and type: requests that were sent to a job
 *   <li>{@code freshet_reader_comparisons_total} by view: answers of MySQL that callers asked for
 *       to compare them; they are not among {@code freshet_reader_answers_total}
 *   <li>{@code freshet_reader_start_time_seconds}: when the reader started, in seconds since 1970
 *   <li>{@code freshet_reader_fallbacks_in_flight}, the running queries to MySQL
 *   <li>{@code freshet_reader_connections}, and {@code freshet_reader_connections_refused_total} by
 *       limit, the setting that was exceeded
 *   <li>{@code freshet_reader_answer_bytes}, the memory reserved for answers in work
 *   <li>{@code freshet_reader_share_refused_total} by resource ({@code requests}, {@code streams},
 *       {@code populate}): refused because the caller already uses its share
 *   <li>{@code freshet_reader_event_streams}, the open event streams, and {@code
 *       freshet_reader_watched_pages}, the pages that they watch
 *   <li>{@code freshet_reader_fallbacks_rejected_total} by cause: questions for which MySQL was not
 *       queried
 *   <li>{@code freshet_reader_fallbacks_shared_total}: questions answered by a query of another
 *       request
 *   <li>{@code freshet_reader_fallbacks_killed_total}: queries killed because all their clients had
 *       disconnected
 *   <li>{@code freshet_reader_breaker_open}, 1 while MySQL is not queried because it does not
 *       answer
 *   <li>{@code freshet_reader_wait_seconds} by outcome, {@code reached} or {@code behind}, a
 *       histogram of the time that questions waited until the projection contained a write or a key
 *   <li>{@code freshet_reader_database_up} by database: 1 if it answered when last used, otherwise
 *       0
 *   <li>{@code freshet_store_changes} by view and outcome: {@code applied}, {@code superseded},
 *       {@code waiting}, {@code dead}
 *   <li>{@code freshet_store_invalid_keys} by view and reason; a reason without keys is absent, and
 *       at most 100,000 keys of a view are counted
 *   <li>{@code freshet_store_invalid_view} by view, 1 while it is INVALID as a whole
 *   <li>{@code freshet_store_backlog_rows} by job, the rows that wait for a retry, and {@code
 *       freshet_store_backlog_oldest_seconds}, how long the oldest has waited; 0 if none waits
 *   <li>{@code freshet_store_lag_seconds} by job, the age of the oldest data in the store; NaN
 *       until MySQL has confirmed it
 *   <li>{@code freshet_store_verifications} by view and outcome, {@code
 *       freshet_store_mismatched_keys} by view, and {@code freshet_store_verification_age_seconds}
 *       by view: the results of {@code verify}
 * </ul>
 *
 * The metrics of the store are gauges. They are read from the store every three seconds,
 * independent of scrapes, and are absent while the store does not answer. All readers of a store
 * report the same values.
 *
 * <p>To add a metric, register it here (a metric of the store: in {@link StoreMetrics}), and add it
 * to this list and to {@code deploy/docs/alarms.md}.
 */
public final class ReaderMetrics implements AnswerMetrics, AutoCloseable {
  /** The media type of {@link #scrape}. */
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final String NONE = "none";

  /** The time limit of the collector to take a connection, and to respond. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Buckets: below a millisecond for the projection, up to a fallback's time limit for MySQL. */
  private static final Duration[] LATENCIES =
      LongStream.of(
              500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
              2_500_000, 5_000_000)
          .mapToObj(micros -> Duration.ofNanos(micros * 1000))
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry prometheus =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** All registries of the metrics; Prometheus' alone unless metrics are exported, too. */
  private final MeterRegistry registry;

  private final Counter shared;
  private final Counter killed;
  private final SlowestFallbacks slowest = new SlowestFallbacks();
  private final Map<Answer.Source, Timer> answers = new EnumMap<>(Answer.Source.class);
  private final LongAdder allAnswers = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final DistributionSummary lag;

  /** Creates the metrics; all counts are 0. */
  public ReaderMetrics() {
    this(Optional.empty());
  }

  private ReaderMetrics(Optional<MeterRegistry> exported) {
    if (exported.isPresent()) {
      CompositeMeterRegistry both = new CompositeMeterRegistry();
      both.add(prometheus);
      both.add(exported.get());
      this.registry = both;
    } else {
      this.registry = prometheus;
    }
    this.shared =
        Counter.builder("freshet.reader.fallbacks.shared")
            .description("Questions that were answered by a query of another request")
            .register(registry);
    this.killed =
        Counter.builder("freshet.reader.fallbacks.killed")
            .description("Queries that were killed because all their clients had disconnected")
            .register(registry);
    this.lag =
        DistributionSummary.builder("freshet.reader.lag.ms")
            .description("Age of the projection's answers")
            .serviceLevelObjectives(10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 60_000)
            .register(registry);
    for (Answer.Source source : Answer.Source.values()) {
      answers.put(
          source,
          Timer.builder("freshet.reader.answer")
              .description("Time from a request's arrival to its answer")
              .tag("source", source.wireName())
              .serviceLevelObjectives(LATENCIES)
              .register(registry));
    }
  }

  /**
   * Creates metrics that are also sent to the OpenTelemetry collector of the options, if they name
   * one: every 30 seconds, and with {@link #close}. A background thread sends them; while the
   * collector does not answer they are lost.
   */
  static ReaderMetrics exportedTo(TelemetryOptions options) {
    return options.isOn()
        ? new ReaderMetrics(
            Optional.of(
                OtlpMeterRegistry.builder(new OtlpSettings(options))
                    .metricsSender(
                        new OtlpHttpMetricsSender(new HttpUrlConnectionSender(PATIENCE, PATIENCE)))
                    .build()))
        : new ReaderMetrics();
  }

  /** Sends exported metrics once more, and ends their thread. */
  @Override
  public void close() {
    registry.close();
  }

  /**
   * Counts one answer.
   *
   * @param took the time since the request's arrival
   */
  public void answered(Answer answer, Duration took) {
    Counter.builder("freshet.reader.answers")
        .description("Answers given")
        .tag("view", answer.question().view().name())
        .tag("source", answer.source().wireName())
        .tag("state", answer.state().map(KeyState::name).orElse(NONE))
        .tag("reason", answer.reason().map(FallbackReason::wireName).orElse(NONE))
        .register(registry)
        .increment();
    answers.get(answer.source()).record(took);
    allAnswers.increment();
    if (answer.source() == Answer.Source.PROJECTION && answer.reason().isEmpty()) {
      hits.increment();
    }
    if (answer.source() == Answer.Source.PROJECTION) {
      lag.record((double) answer.lag().toMillis());
    }
  }

  /** Returns the number of answers since the start. */
  long answers() {
    return allAnswers.sum();
  }

  /** Returns the number of answers since the start that the projection gave and that were fresh. */
  long hits() {
    return hits.sum();
  }

  /** Counts one answer of MySQL that a caller asked for to compare it with the projection's. */
  public void compared(String view) {
    Counter.builder("freshet.reader.comparisons")
        .description("Answers of MySQL that callers asked for to compare them")
        .tag("view", view)
        .register(registry)
        .increment();
  }

  /** Adds the time of the reader's start. */
  public void startedAt(Instant start) {
    Gauge.builder("freshet.reader.start.time.seconds", () -> start.toEpochMilli() / 1000.0)
        .description("When the reader started, in seconds since 1970")
        .register(registry);
  }

  /** Counts one problem by its wire name. */
  public void refused(String kind) {
    Counter.builder("freshet.reader.problems")
        .description("Requests answered with a problem")
        .tag("kind", kind)
        .register(registry)
        .increment();
  }

  /** Counts one request that was sent to a job. */
  public void requested(String view, String type) {
    Counter.builder("freshet.reader.requests")
        .description("Requests sent to jobs")
        .tag("view", view)
        .tag("type", type)
        .register(registry)
        .increment();
  }

  @Override
  public void rejected(Rejection why) {
    Counter.builder("freshet.reader.fallbacks.rejected")
        .description("Fallback queries that were not sent to MySQL")
        .tag("cause", why.wireName())
        .register(registry)
        .increment();
  }

  @Override
  public void shared() {
    shared.increment();
  }

  @Override
  public void killed() {
    killed.increment();
  }

  @Override
  public void queried(Fallback fallback) {
    slowest.add(fallback);
  }

  /** Returns the queries to MySQL of the last hour that took longest; they are not exported. */
  SlowestFallbacks slowestFallbacks() {
    return slowest;
  }

  @Override
  public void waited(boolean reached, Duration took) {
    Timer.builder("freshet.reader.wait")
        .description("Time that questions waited until the projection contained a write or a key")
        .tag("outcome", reached ? "reached" : "behind")
        .serviceLevelObjectives(LATENCIES)
        .register(registry)
        .record(took);
  }

  /** Counts one connection that was closed at once because of a limit. */
  public void connectionRefused(String limit) {
    Counter.builder("freshet.reader.connections.refused")
        .description("Connections that were closed at once because there were too many")
        .tag("limit", limit)
        .register(registry)
        .increment();
  }

  /**
   * Counts one use of a resource that was refused because the caller already uses its share; for
   * queries to MySQL see {@link #rejected}.
   */
  public void shareRefused(String resource) {
    Counter.builder("freshet.reader.share.refused")
        .description("Uses of a resource that were refused because the caller had its share")
        .tag("resource", resource)
        .register(registry)
        .increment();
  }

  /** Adds a gauge of the open connections. */
  public void watchConnections(Supplier<Number> count) {
    Gauge.builder("freshet.reader.connections", count)
        .description("Open connections of clients")
        .register(registry);
  }

  /** Adds a gauge that shows whether the breaker is open. */
  public void watch(Breaker breaker) {
    Gauge.builder("freshet.reader.breaker.open", breaker, b -> b.isOpen() ? 1 : 0)
        .description("Whether MySQL is not queried because it does not answer")
        .register(registry);
  }

  /** Adds a gauge of the running fallback queries. */
  public void watch(Bulkhead gate) {
    Gauge.builder("freshet.reader.fallbacks.in.flight", gate, Bulkhead::occupied)
        .description("Running queries of this reader in MySQL")
        .register(registry);
  }

  /** Adds a gauge of the bytes of the answers in work. */
  public void watch(ByteBudget budget) {
    Gauge.builder("freshet.reader.answer.bytes", budget, ByteBudget::used)
        .description("Memory reserved for answers in work, in bytes")
        .register(registry);
  }

  /** Adds gauges of the event streams and the pages that they watch. */
  public void watch(LiveAnswers live) {
    Gauge.builder("freshet.reader.event.streams", live, LiveAnswers::clients)
        .description("Clients of event streams")
        .register(registry);
    Gauge.builder("freshet.reader.watched.pages", live, LiveAnswers::pages)
        .description("Pages of keys that event streams watch")
        .register(registry);
  }

  /** Adds a gauge that shows whether a database answers. */
  public void watch(String database, Availability availability) {
    Gauge.builder("freshet.reader.database.up", availability, a -> a.isUp() ? 1 : 0)
        .description("Whether the database answered when last asked")
        .tag("database", database)
        .register(registry);
  }

  /** Adds the metrics of the store. */
  public StoreMetrics store(InstantSource clock) {
    return new StoreMetrics(registry, clock);
  }

  /** Returns all metrics in the text format of Prometheus. */
  public String scrape() {
    return prometheus.scrape();
  }
}
