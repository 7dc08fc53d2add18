package dev.freshet.reader.answer;

import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.answer.SharedQueries.Query;
import dev.freshet.reader.answer.SharedQueries.Waiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends queries that nobody waits for any more. Five times a second it looks whether the callers of
 * requests that wait for more than {@link #SHORT} are still there. A request whose caller has gone
 * fails with {@link Unanswered.Kind#ABANDONED}. When it was a query's last, the query is killed, or
 * never begins. Queries that run for more than {@link #LONG} make the {@link Breaker} look at
 * MySQL.
 *
 * <p>It looks in a thread of its own, from its construction until {@link #close}.
 */
final class AbandonedQueries implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AbandonedQueries.class);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** Before anybody looks whether a caller is still there. */
  private static final Duration SHORT = Duration.ofMillis(200);

  /** Of a query, before anybody looks whether MySQL is still there. */
  private static final Duration LONG = Duration.ofMillis(500);

  private final SharedQueries queries;
  private final Breaker breaker;
  private final Tally tally;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, DaemonThreads.named("fallback-watch"));

  /** Begins to look. */
  AbandonedQueries(SharedQueries queries, Breaker breaker, Tally tally) {
    this.queries = queries;
    this.breaker = breaker;
    this.tally = tally;
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      long now = System.nanoTime();
      if (queries.isAnyRunningFor(LONG, now)) {
        breaker.suspect();
      }
      queries.queries().forEach(query -> dismiss(query, now));
    } catch (RuntimeException e) {
      LOG.error("Callers were not looked at; this is a defect of the reader", e);
    }
  }

  /** Lets those go who have gone, and the query when nobody is left. */
  private void dismiss(Query query, long now) {
    List<Waiter> gone =
        queries.waiters(query).stream()
            .filter(waiter -> now - waiter.since() > SHORT.toNanos() && waiter.caller().isGone())
            .toList();
    if (gone.isEmpty()) {
      return;
    }
    if (queries.leave(query, gone) && query.handle().recall()) {
      tally.killed();
    }
    Unanswered why = new Unanswered(Unanswered.Kind.ABANDONED, "the caller closed its connection");
    gone.forEach(waiter -> waiter.complete(CompletableFuture.failedFuture(why)));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
