package dev.freshet.reader.answer;

import dev.freshet.reader.PeriodicTask;
import dev.freshet.reader.answer.SharedQueries.Query;
import dev.freshet.reader.answer.SharedQueries.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Ends queries whose callers have all disconnected. Five times a second it checks the callers of
 * requests that have waited for more than {@link #SHORT}. A request whose caller has disconnected
 * fails with {@link Unanswered.Kind#ABANDONED}. If no request of a query is left, the query is
 * killed, or never starts. If a query runs for more than {@link #LONG}, the {@link Breaker} probes
 * MySQL.
 *
 * <p>The checks run in a background thread, from construction until {@link #close}.
 */
final class AbandonedQueries implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(200);

  /** A caller is checked after its request has waited for this long. */
  private static final Duration SHORT = Duration.ofMillis(200);

  /** MySQL is probed after a query has run for this long. */
  private static final Duration LONG = Duration.ofMillis(500);

  private final SharedQueries queries;
  private final Breaker breaker;
  private final AnswerMetrics metrics;
  private final PeriodicTask checks;

  /** Starts the checks. */
  AbandonedQueries(SharedQueries queries, Breaker breaker, AnswerMetrics metrics) {
    this.queries = queries;
    this.breaker = breaker;
    this.metrics = metrics;
    this.checks = PeriodicTask.start("fallback-watch", PERIOD, PERIOD, this::check);
  }

  private void check() {
    long now = System.nanoTime();
    if (queries.isAnyRunningFor(LONG, now)) {
      breaker.suspect();
    }
    queries.queries().forEach(query -> dismiss(query, now));
  }

  /** Removes the requests of disconnected callers, and kills the query if none is left. */
  private void dismiss(Query query, long now) {
    List<Waiter> gone =
        queries.waiters(query).stream()
            .filter(waiter -> now - waiter.since() > SHORT.toNanos() && waiter.caller().isGone())
            .toList();
    if (gone.isEmpty()) {
      return;
    }
    if (queries.leave(query, gone) && query.handle().cancel()) {
      metrics.killed();
    }
    Unanswered why = new Unanswered(Unanswered.Kind.ABANDONED, "the caller closed its connection");
    gone.forEach(waiter -> waiter.complete(CompletableFuture.failedFuture(why)));
  }

  @Override
  public void close() {
    checks.close();
  }
}
