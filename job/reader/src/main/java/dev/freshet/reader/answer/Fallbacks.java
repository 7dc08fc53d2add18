package dev.freshet.reader.answer;

import dev.freshet.reader.answer.SharedQueries.Ended;
import dev.freshet.reader.answer.SharedQueries.Query;
import dev.freshet.reader.answer.SharedQueries.Waiter;
import dev.freshet.store.FallbackReason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks MySQL for what the projection cannot answer, as much as {@link Admission} and {@link
 * Breaker} allow.
 *
 * <ul>
 *   <li>Concurrent requests for the same page share one query ({@link SharedQueries}). They also
 *       share the news that MySQL does not answer.
 *   <li>A query passes the admission when its thread begins it. While the breaker is open no query
 *       begins. When the breaker opens, all requests fail at once, also those whose query is stuck.
 *   <li>A query whose last caller has gone is killed, or never begins ({@link AbandonedQueries}).
 * </ul>
 *
 * <p>Safe for many threads. {@link #read} does not block: queries run in threads of their own, as
 * many as may be admitted or wait, so that a MySQL that is stuck holds up nobody else. Futures are
 * completed in these threads, in the breaker's, or in that of the abandoned queries. They fail with
 * {@link Unanswered} when MySQL gives no answer.
 */
public final class Fallbacks implements AutoCloseable {
  private final Origin origin;
  private final Admission admission;
  private final Breaker breaker;
  private final Tally tally;
  private final InstantSource clock;
  private final SharedQueries queries;
  private final AbandonedQueries abandoned;
  private final ThreadPoolExecutor threads;

  /**
   * What MySQL said.
   *
   * @param sent when the query was sent
   */
  record Reading(Page page, Instant sent) {}

  public Fallbacks(
      Origin origin, Admission admission, Breaker breaker, Tally tally, InstantSource clock) {
    this.origin = origin;
    this.admission = admission;
    this.breaker = breaker;
    this.tally = tally;
    this.clock = clock;
    this.queries = new SharedQueries(tally);
    // One more than may wait, so that whoever may not hears it at once.
    int most = admission.most() + 1;
    this.threads =
        new ThreadPoolExecutor(
            most, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads());
    threads.allowCoreThreadTimeOut(true);
    breaker.whenOpened(this::giveUp);
    this.abandoned = new AbandonedQueries(queries, breaker, tally);
  }

  private static ThreadFactory threads() {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread made = new Thread(task, "fallback-" + count.incrementAndGet());
      made.setDaemon(true);
      return made;
    };
  }

  /** How many questions of one caller are asked at once, so that others come in too. */
  int share() {
    return Math.max(1, admission.places() / 2);
  }

  /**
   * Reads a question from MySQL.
   *
   * @param reason why the projection did not answer, for whoever is turned away
   */
  CompletableFuture<Reading> read(Question asked, FallbackReason reason, Caller caller) {
    if (breaker.isOpen()) {
      tally.rejected(Rejection.BREAKER);
      return CompletableFuture.failedFuture(Rejection.BREAKER.unanswered(reason));
    }
    Waiter waiter = new Waiter(caller, System.nanoTime(), new CompletableFuture<>());
    queries.join(asked.ofWhateverTime(), reason, waiter).ifPresent(this::start);
    return waiter.answer();
  }

  private void start(Query query) {
    threads.execute(() -> run(query));
  }

  private void run(Query query) {
    CompletableFuture<Reading> result;
    Optional<Rejection> rejection = admission.enter();
    if (rejection.isPresent()) {
      result = rejected(query, rejection.get());
    } else {
      try {
        if (breaker.isOpen()) {
          result = rejected(query, Rejection.BREAKER);
        } else if (queries.begin(query, System.nanoTime())) {
          result = ask(query);
        } else {
          return;
        }
      } finally {
        admission.leave();
      }
    }
    end(query, result);
  }

  private CompletableFuture<Reading> rejected(Query query, Rejection why) {
    queries.waiters(query).forEach(waiter -> tally.rejected(why));
    return CompletableFuture.failedFuture(why.unanswered(query.reason()));
  }

  private CompletableFuture<Reading> ask(Query query) {
    Instant sent = clock.instant();
    try {
      Page page = origin.read(query.question(), query.handle());
      breaker.answered();
      return CompletableFuture.completedFuture(new Reading(page, sent));
    } catch (Unanswered e) {
      note(query, e);
      return CompletableFuture.failedFuture(e);
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What a query that was killed or given up fails of says nothing of MySQL. */
  private void note(Query query, Unanswered e) {
    if (e.kind() != Unanswered.Kind.SOURCE_UNAVAILABLE) {
      breaker.answered();
    } else if (!queries.isGivenUp(query) && !query.handle().isRecalled()) {
      breaker.failed(e);
    }
  }

  /** Tells the result, and starts the next query of the question unless it would fare no better. */
  private void end(Query query, CompletableFuture<Reading> result) {
    Ended ended = queries.end(query, isForAll(result));
    ended.next().ifPresent(this::start);
    ended.waiters().forEach(waiter -> waiter.complete(result));
  }

  /** Whoever asks, MySQL would not answer the next query either. */
  private static boolean isForAll(CompletableFuture<Reading> result) {
    return result
        .handle((reading, why) -> Unanswered.behind(why).map(Unanswered::kind))
        .getNow(Optional.empty())
        .filter(
            kind -> kind == Unanswered.Kind.TIMEOUT || kind == Unanswered.Kind.SOURCE_UNAVAILABLE)
        .isPresent();
  }

  /** MySQL does not answer: nobody waits for it. Threads that do are free when their time is up. */
  private void giveUp() {
    queries
        .giveUp()
        .forEach(
            (reason, waiters) -> {
              waiters.forEach(waiter -> tally.rejected(Rejection.BREAKER));
              CompletableFuture<Reading> result =
                  CompletableFuture.failedFuture(Rejection.BREAKER.unanswered(reason));
              waiters.forEach(waiter -> waiter.complete(result));
            });
  }

  @Override
  public void close() {
    abandoned.close();
    threads.shutdownNow();
  }
}
