package dev.freshet.reader;

import dev.freshet.reader.answer.Answer;
import dev.freshet.reader.answer.Breaker;
import dev.freshet.reader.answer.Bulkhead;
import dev.freshet.reader.answer.Rejection;
import dev.freshet.reader.answer.Tally;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.KeyState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.LongStream;

/**
 * What the reader counts, and what the store says of itself.
 *
 * <ul>
 *   <li>{@code freshet_reader_answers_total} by view, source, state and reason. Hits are those from
 *       the projection without a reason; with reason {@code stale} MySQL gave no answer
 *   <li>{@code freshet_reader_answer_seconds} by source, a histogram of the time to answer
 *   <li>{@code freshet_reader_lag_ms} of the projection's answers, a histogram
 *   <li>{@code freshet_reader_problems_total} by kind
 *   <li>{@code freshet_reader_requests_total} by view and type, those that were handed over to a
 *       job
 *   <li>{@code freshet_reader_fallbacks_in_flight}
 *   <li>{@code freshet_reader_event_streams}, clients that are told changes, and {@code
 *       freshet_reader_watched_pages}, what they watch
 *   <li>{@code freshet_reader_fallbacks_rejected_total} by cause: questions not put to MySQL
 *   <li>{@code freshet_reader_fallbacks_shared_total}: questions answered by another one's query
 *   <li>{@code freshet_reader_fallbacks_killed_total}: queries that nobody waited for any more
 *   <li>{@code freshet_reader_breaker_open}, 1 while nothing is put to MySQL because it is silent
 *   <li>{@code freshet_reader_wait_seconds} by outcome, {@code reached} or {@code behind}, a
 *       histogram of the time that questions waited for the projection to show a write or have a
 *       key
 *   <li>{@code freshet_reader_database_up} by database, 0 or 1 as last seen
 *   <li>{@code freshet_store_changes} by view and outcome: {@code applied}, {@code superseded},
 *       {@code waiting}, {@code dead}
 *   <li>{@code freshet_store_invalid_keys} by view and reason; a reason that no key has is absent,
 *       and no more than 100,000 keys of a view are counted
 *   <li>{@code freshet_store_invalid_view} by view, 1 while it is INVALID as a whole
 *   <li>{@code freshet_store_backlog_rows} by job, those that wait to be tried again, and {@code
 *       freshet_store_backlog_oldest_seconds}, for how long; 0 when none waits
 *   <li>{@code freshet_store_lag_seconds} by job, the age of what the whole store shows; NaN before
 *       MySQL confirmed it
 * </ul>
 *
 * Those of the store are gauges, read from it every three seconds and never for a scrape. While it
 * does not answer they are absent. All readers of a store say the same.
 */
public final class ReaderMetrics implements Tally {
  /** The media type of {@link #scrape}. */
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final String NONE = "none";

  /** Buckets: below a millisecond for the projection, up to a fallback's time limit for MySQL. */
  private static final Duration[] LATENCIES =
      LongStream.of(
              500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
              2_500_000, 5_000_000)
          .mapToObj(micros -> Duration.ofNanos(micros * 1000))
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter shared =
      Counter.builder("freshet.reader.fallbacks.shared")
          .description("Questions that were answered by the query of another one")
          .register(registry);
  private final Counter killed =
      Counter.builder("freshet.reader.fallbacks.killed")
          .description("Queries that were killed because nobody waited for them any more")
          .register(registry);

  /** Counts one answer. */
  public void answered(Answer answer, Duration took) {
    String source = answer.source().wireName();
    Counter.builder("freshet.reader.answers")
        .description("Answers given")
        .tag("view", answer.question().view().name())
        .tag("source", source)
        .tag("state", answer.state().map(KeyState::name).orElse(NONE))
        .tag("reason", answer.reason().map(FallbackReason::wireName).orElse(NONE))
        .register(registry)
        .increment();
    Timer.builder("freshet.reader.answer")
        .description("Time from a request's arrival to its answer")
        .tag("source", source)
        .serviceLevelObjectives(LATENCIES)
        .register(registry)
        .record(took);
    if (answer.source() == Answer.Source.PROJECTION) {
      DistributionSummary.builder("freshet.reader.lag.ms")
          .description("Age of the projection's answers")
          .serviceLevelObjectives(10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 60_000)
          .register(registry)
          .record((double) answer.lag().toMillis());
    }
  }

  /** Counts one problem by its wire name. */
  public void refused(String kind) {
    Counter.builder("freshet.reader.problems")
        .description("Requests answered with a problem")
        .tag("kind", kind)
        .register(registry)
        .increment();
  }

  /** Counts one request that was handed over to a job. */
  public void requested(String view, String type) {
    Counter.builder("freshet.reader.requests")
        .description("Requests handed over to jobs")
        .tag("view", view)
        .tag("type", type)
        .register(registry)
        .increment();
  }

  @Override
  public void rejected(Rejection why) {
    Counter.builder("freshet.reader.fallbacks.rejected")
        .description("Questions that were not put to MySQL")
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
  public void waited(boolean reached, Duration took) {
    Timer.builder("freshet.reader.wait")
        .description("Time that questions waited for the projection to show a write or have a key")
        .tag("outcome", reached ? "reached" : "behind")
        .serviceLevelObjectives(LATENCIES)
        .register(registry)
        .record(took);
  }

  /** Shows whether it is open. */
  public void watch(Breaker breaker) {
    Gauge.builder("freshet.reader.breaker.open", breaker, b -> b.isOpen() ? 1 : 0)
        .description("Whether nothing is put to MySQL because it does not answer")
        .register(registry);
  }

  /** Shows how many fallbacks run. */
  public void watch(Bulkhead gate) {
    Gauge.builder("freshet.reader.fallbacks.in.flight", gate, Bulkhead::occupied)
        .description("Questions that MySQL works on for this reader")
        .register(registry);
  }

  /** Shows how many are told changes, and of how much. */
  public void watch(LiveAnswers live) {
    Gauge.builder("freshet.reader.event.streams", live, LiveAnswers::clients)
        .description("Clients of event streams")
        .register(registry);
    Gauge.builder("freshet.reader.watched.pages", live, LiveAnswers::pages)
        .description("Pages of keys that event streams watch")
        .register(registry);
  }

  /** Shows whether a database answers. */
  public void watch(String database, Availability availability) {
    Gauge.builder("freshet.reader.database.up", availability, a -> a.isUp() ? 1 : 0)
        .description("Whether the database answered when last asked")
        .tag("database", database)
        .register(registry);
  }

  /** Takes what the store says. */
  public StoreMetrics store(InstantSource clock) {
    return new StoreMetrics(registry, clock);
  }

  /** All metrics in Prometheus' text form. */
  public String scrape() {
    return registry.scrape();
  }
}
