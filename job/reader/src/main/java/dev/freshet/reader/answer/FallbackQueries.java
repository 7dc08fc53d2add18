package dev.freshet.reader.answer;

import dev.freshet.reader.answer.SharedQueries.Ended;
import dev.freshet.reader.answer.SharedQueries.Query;
import dev.freshet.reader.answer.SharedQueries.Waiter;
import dev.freshet.store.FallbackReason;
import java.time.Duration;
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
 * Queries MySQL for questions that the projection cannot answer, within the limits of {@link
 * Admission} and {@link Breaker}.
 *
 * <ul>
 *   <li>Concurrent requests for the same page share one query ({@link SharedQueries}). They also
 *       share a failure of MySQL to answer.
 *   <li>A query is counted for the principal of its first request. If that principal already uses
 *       its share, the query is tried again for the requests of other principals.
 *   <li>A query must be admitted before it starts. While the breaker is open no query starts. When
 *       the breaker opens, all requests fail immediately, including those whose query is running.
 *   <li>A query whose last caller has disconnected is killed, or never starts ({@link
 *       AbandonedQueries}).
 * </ul>
 *
 * <p>Thread-safe. {@link #read} does not block: queries run in a pool with a thread for each query
 * that may be admitted or queued, so that a hanging MySQL blocks no other threads. Futures are
 * completed by these threads, by the breaker's, or by that of the abandoned queries. They fail with
 * {@link Unanswered} if MySQL does not answer.
 */
public final class FallbackQueries implements AutoCloseable {
  private final Origin origin;
  private final Admission admission;
  private final Breaker breaker;
  private final AnswerMetrics metrics;
  private final InstantSource clock;
  private final SharedQueries queries;
  private final AbandonedQueries abandoned;
  private final ThreadPoolExecutor threads;

  /**
   * A page from MySQL.
   *
   * @param sent when the query was sent
   */
  record Reading(Page page, Instant sent) {}

  public FallbackQueries(
      Origin origin,
      Admission admission,
      Breaker breaker,
      AnswerMetrics metrics,
      InstantSource clock) {
    this.origin = origin;
    this.admission = admission;
    this.breaker = breaker;
    this.metrics = metrics;
    this.clock = clock;
    this.queries = new SharedQueries(metrics);
    // One thread more than callers may be admitted or queued, so that a further query is rejected
    // immediately.
    int most = admission.most() + 1;
    this.threads =
        new ThreadPoolExecutor(
            most, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads());
    threads.allowCoreThreadTimeOut(true);
    breaker.whenOpened(this::giveUp);
    this.abandoned = new AbandonedQueries(queries, breaker, metrics);
  }

  private static ThreadFactory threads() {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread made = new Thread(task, "fallback-" + count.incrementAndGet());
      made.setDaemon(true);
      return made;
    };
  }

  /**
   * Returns how many questions of one batch may be asked concurrently, so that it does not use the
   * whole capacity.
   */
  int share() {
    return Math.max(1, admission.capacity() / 2);
  }

  /**
   * Answers a question from MySQL.
   *
   * @param reason why the projection did not answer; part of the message if the question is
   *     rejected
   */
  CompletableFuture<Reading> read(Question asked, FallbackReason reason, Caller caller) {
    if (breaker.isOpen()) {
      metrics.rejected(Rejection.BREAKER);
      return CompletableFuture.failedFuture(Rejection.BREAKER.unanswered(reason));
    }
    Waiter waiter = new Waiter(caller, System.nanoTime(), new CompletableFuture<>());
    queries.join(asked.withoutWrite(), reason, waiter).ifPresent(this::start);
    return waiter.answer();
  }

  /** Returns {@link Origin#executed}; empty while the breaker is open. */
  Optional<String> executed() {
    return breaker.isOpen() ? Optional.empty() : origin.executed();
  }

  private void start(Query query) {
    threads.execute(() -> run(query));
  }

  private void run(Query query) {
    CompletableFuture<Reading> result;
    Optional<Rejection> rejection = admission.enter(query.principal());
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
        admission.leave(query.principal());
      }
    }
    end(query, result);
  }

  private CompletableFuture<Reading> rejected(Query query, Rejection why) {
    if (why == Rejection.SHARE) {
      queries.replace(query).ifPresent(this::start);
    }
    queries.waiters(query).forEach(waiter -> metrics.rejected(why));
    return CompletableFuture.failedFuture(why.unanswered(query.reason()));
  }

  private CompletableFuture<Reading> ask(Query query) {
    Instant sent = clock.instant();
    long begun = System.nanoTime();
    CompletableFuture<Reading> result = ask(query, sent);
    metrics.queried(
        new Fallback(
            query.question(),
            query.reason(),
            sent,
            Duration.ofNanos(System.nanoTime() - begun),
            queries.waiters(query).size(),
            result.handle((reading, why) -> total(reading)).getNow(Optional.empty()),
            failure(result)));
    return result;
  }

  private static Optional<String> total(Reading reading) {
    return Optional.ofNullable(reading).map(each -> each.page().total());
  }

  /** Returns why MySQL did not answer; empty if it did, or if the reader failed. */
  private static Optional<Unanswered.Kind> failure(CompletableFuture<Reading> result) {
    return result
        .handle((reading, why) -> Unanswered.behind(why).map(Unanswered::kind))
        .getNow(Optional.empty());
  }

  private CompletableFuture<Reading> ask(Query query, Instant sent) {
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

  /**
   * Reports a failure to the breaker; the failure of a query that was killed or given up says
   * nothing about MySQL.
   */
  private void note(Query query, Unanswered e) {
    if (e.kind() != Unanswered.Kind.SOURCE_UNAVAILABLE) {
      breaker.answered();
    } else if (!queries.isGivenUp(query) && !query.handle().isCancelled()) {
      breaker.failed(e);
    }
  }

  /**
   * Completes the requests of a query with its result, and starts the next query of the question
   * unless that would fail in the same way.
   */
  private void end(Query query, CompletableFuture<Reading> result) {
    Ended ended = queries.end(query, isForAll(result));
    ended.next().ifPresent(this::start);
    ended.waiters().forEach(waiter -> waiter.complete(result));
  }

  /** Whether the next query of the question would fail in the same way. */
  private static boolean isForAll(CompletableFuture<Reading> result) {
    return failure(result)
        .filter(
            kind ->
                kind == Unanswered.Kind.TIMEOUT
                    || kind == Unanswered.Kind.SOURCE_UNAVAILABLE
                    || kind == Unanswered.Kind.ANSWER_TOO_LARGE)
        .isPresent();
  }

  /**
   * Fails all requests because MySQL does not answer. The threads of running queries are released
   * by their timeouts.
   */
  private void giveUp() {
    queries
        .giveUp()
        .forEach(
            (reason, waiters) -> {
              waiters.forEach(waiter -> metrics.rejected(Rejection.BREAKER));
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
