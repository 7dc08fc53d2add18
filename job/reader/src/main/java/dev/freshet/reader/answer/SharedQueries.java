package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;
import dev.freshet.store.FallbackReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Shares one MySQL query among concurrent requests for the same page. A request only joins a query
 * that has not started: a query that started before the request arrived may lack a write of its
 * caller. For each question at most one query runs, and at most one waits for it to end.
 *
 * <p>This class only decides: it runs no query and completes no future. Times are {@link
 * System#nanoTime}.
 *
 * <p>Thread-safe; no method blocks.
 */
final class SharedQueries {
  private final AnswerMetrics metrics;
  private final Map<Question, Line> lines = new HashMap<>();

  /**
   * A request that waits for an answer.
   *
   * @param since when it arrived
   */
  record Waiter(Caller caller, long since, CompletableFuture<FallbackQueries.Reading> answer) {
    /** Completes the request's future with the result of another future. */
    void complete(CompletableFuture<FallbackQueries.Reading> result) {
      var unused =
          result.whenComplete(
              (reading, why) -> {
                if (why == null) {
                  answer.complete(reading);
                } else {
                  answer.completeExceptionally(why);
                }
              });
    }
  }

  /** A query to MySQL. The caller to which {@link #join} or {@link #end} returned it runs it. */
  static final class Query {
    private final Question question;
    private final FallbackReason reason;
    private final Principal principal;
    private final QueryHandle handle = new QueryHandle();

    /** Like the following fields guarded by the enclosing {@link SharedQueries}. */
    private final List<Waiter> waiters = new ArrayList<>();

    private Optional<Long> begun = Optional.empty();
    private boolean givenUp;

    private Query(Question question, FallbackReason reason, Principal principal) {
      this.question = question;
      this.reason = reason;
      this.principal = principal;
    }

    Question question() {
      return question;
    }

    /** Returns why the projection did not answer the request that caused the query. */
    FallbackReason reason() {
      return reason;
    }

    /** Returns the party of the request that caused the query. */
    Principal principal() {
      return principal;
    }

    QueryHandle handle() {
      return handle;
    }

    private List<Waiter> takeWaiters() {
      List<Waiter> all = List.copyOf(waiters);
      waiters.clear();
      return all;
    }
  }

  /** The queries of one question: the running one, and the one that has not started. */
  private static final class Line {
    private Optional<Query> running = Optional.empty();
    private Optional<Query> next = Optional.empty();

    private List<Query> queries() {
      List<Query> queries = new ArrayList<>();
      running.ifPresent(queries::add);
      next.ifPresent(queries::add);
      return queries;
    }

    private boolean runs(Query query) {
      return running.filter(running -> running == query).isPresent();
    }
  }

  /**
   * The consequences of a query's end.
   *
   * @param waiters the requests to complete with its result
   * @param next the query to start now, if any
   */
  record Ended(List<Waiter> waiters, Optional<Query> next) {}

  /** Creates an object without queries. */
  SharedQueries(AnswerMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Adds a request to the query of its question that has not started, or to a new query.
   *
   * @return a new query to start now; empty if the query is or will be started by another caller
   */
  synchronized Optional<Query> join(Question question, FallbackReason reason, Waiter waiter) {
    Line line = lines.computeIfAbsent(question, q -> new Line());
    Optional<Query> started = Optional.empty();
    if (line.next.isPresent()) {
      metrics.shared();
    } else {
      line.next = Optional.of(new Query(question, reason, waiter.caller().principal()));
      started = line.running.isPresent() ? Optional.empty() : line.next;
    }
    line.next.get().waiters.add(waiter);
    return started;
  }

  /**
   * Notes that a query starts; from now on no request can join it.
   *
   * @return false if no request waits for it any more, so that it must not run
   */
  synchronized boolean begin(Query query, long now) {
    Line line = lines.get(query.question);
    if (line == null || line.next.filter(next -> next == query).isEmpty()) {
      return false;
    }
    line.next = Optional.empty();
    line.running = Optional.of(query);
    query.begun = Optional.of(now);
    return true;
  }

  /**
   * Replaces a query that must not start because its principal has its share. The requests of other
   * principals move to the new query.
   *
   * @return the new query, to start now; empty if there are no such requests
   */
  synchronized Optional<Query> replace(Query query) {
    Line line = lines.get(query.question);
    List<Waiter> others =
        query.waiters.stream()
            .filter(waiter -> !waiter.caller().principal().equals(query.principal))
            .toList();
    if (others.isEmpty() || line == null) {
      return Optional.empty();
    }
    query.waiters.removeAll(others);
    Query replacement = new Query(query.question, query.reason, others.get(0).caller().principal());
    replacement.waiters.addAll(others);
    line.next = Optional.of(replacement);
    return line.next;
  }

  /**
   * Notes that a query has a result, whether it ran or was rejected.
   *
   * @param forAll whether the next query of the question would fail in the same way, so that its
   *     requests get the same result
   */
  synchronized Ended end(Query query, boolean forAll) {
    List<Waiter> waiters = new ArrayList<>(query.takeWaiters());
    Optional<Query> started = Optional.empty();
    Line line = lines.get(query.question);
    if (line != null) {
      line.next = line.next.filter(next -> next != query);
      if (line.runs(query)) {
        line.running = Optional.empty();
        if (forAll) {
          line.next.ifPresent(next -> waiters.addAll(next.takeWaiters()));
          line.next = Optional.empty();
        }
        started = line.next;
      }
      removeIfEmpty(query.question, line);
    }
    return new Ended(waiters, started);
  }

  /**
   * Removes all requests from all queries. Running queries are given up, the others never start.
   *
   * @return the requests, by the reason why the projection did not answer
   */
  synchronized Map<FallbackReason, List<Waiter>> giveUp() {
    Map<FallbackReason, List<Waiter>> all = new HashMap<>();
    for (Query query : queries()) {
      query.givenUp = true;
      all.computeIfAbsent(query.reason, reason -> new ArrayList<>()).addAll(query.takeWaiters());
    }
    lines.clear();
    return all;
  }

  /**
   * Removes requests from a query. If none is left, a query that has not started never starts.
   *
   * @return whether the query is running and has no requests left
   */
  synchronized boolean leave(Query query, List<Waiter> gone) {
    query.waiters.removeAll(gone);
    Line line = lines.get(query.question);
    if (!query.waiters.isEmpty() || line == null) {
      return false;
    }
    boolean runs = line.runs(query);
    line.next = line.next.filter(next -> next != query);
    removeIfEmpty(query.question, line);
    return runs;
  }

  /** Returns all queries that run or have not started. */
  synchronized List<Query> queries() {
    return lines.values().stream().flatMap(line -> line.queries().stream()).toList();
  }

  /** Returns the requests that wait for a query. */
  synchronized List<Waiter> waiters(Query query) {
    return List.copyOf(query.waiters);
  }

  synchronized boolean isGivenUp(Query query) {
    return query.givenUp;
  }

  /** Whether any query has been running for more than a duration. */
  synchronized boolean isAnyRunningFor(Duration time, long now) {
    return lines.values().stream()
        .flatMap(line -> line.running.stream())
        .anyMatch(query -> now - query.begun.orElse(now) > time.toNanos());
  }

  private void removeIfEmpty(Question question, Line line) {
    if (line.running.isEmpty() && line.next.isEmpty()) {
      lines.remove(question);
    }
  }
}
