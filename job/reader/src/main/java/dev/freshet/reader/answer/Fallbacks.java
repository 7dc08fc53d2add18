package dev.freshet.reader.answer;

import dev.freshet.reader.DaemonThreads;
import dev.freshet.store.FallbackReason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks MySQL once for all who ask it the same: one query of a question runs at a time, and whoever
 * comes meanwhile shares the next one. Nobody is given what a query that began before they came has
 * read: it may lack what they wrote. That MySQL does not answer they hear from it all the same.
 *
 * <ul>
 *   <li>Queries pass an {@link Admission}. They run in threads of their own, of which there are as
 *       many as may be in it or wait: whoever asks gets a future and keeps no thread, so that a
 *       MySQL that is stuck holds nobody else up.
 *   <li>While the {@link Breaker} is open nobody is asked; when it opens all who wait hear it at
 *       once, also those whose query is stuck.
 *   <li>Five times a second those who have waited for a while are looked at: a query whose last
 *       caller has gone is killed, or never begins. Newcomers do not share it.
 * </ul>
 *
 * <p>Safe for many threads. Futures fail with {@link Unanswered} when MySQL gives no answer.
 */
public final class Fallbacks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Fallbacks.class);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** Before anybody looks whether a caller is still there. */
  private static final Duration SHORT = Duration.ofMillis(200);

  /** Of a query, before anybody looks whether MySQL is still there. */
  private static final Duration LONG = Duration.ofMillis(500);

  private final Origin origin;
  private final Admission admission;
  private final Breaker breaker;
  private final Tally tally;
  private final InstantSource clock;
  private final Map<Question, Line> lines = new HashMap<>();
  private final ThreadPoolExecutor threads;
  private final ScheduledThreadPoolExecutor watch;

  /**
   * What MySQL said.
   *
   * @param sent when the query was sent
   */
  record Reading(Page page, Instant sent) {}

  private record Waiter(Caller caller, long since, CompletableFuture<Reading> answer) {}

  /** One query and who waits for it; guarded by {@link #lines}, as lines are. */
  private static final class Query {
    private final Question question;
    private final FallbackReason doubt;
    private final QueryHandle recall = new QueryHandle();
    private final List<Waiter> waiters = new ArrayList<>();
    private Optional<Long> begun = Optional.empty();
    private boolean givenUp;

    private Query(Question question, FallbackReason doubt) {
      this.question = question;
      this.doubt = doubt;
    }

    private List<Waiter> takeWaiters() {
      List<Waiter> all = List.copyOf(waiters);
      waiters.clear();
      return all;
    }
  }

  /** The queries of one question: the one that runs, and the one that has not begun. */
  private static final class Line {
    private Optional<Query> running = Optional.empty();
    private Optional<Query> next = Optional.empty();
  }

  public Fallbacks(
      Origin origin, Admission admission, Breaker breaker, Tally tally, InstantSource clock) {
    this.origin = origin;
    this.admission = admission;
    this.breaker = breaker;
    this.tally = tally;
    this.clock = clock;
    // One more than may wait, so that whoever may not hears it at once.
    int most = admission.most() + 1;
    this.threads =
        new ThreadPoolExecutor(
            most, most, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads());
    threads.allowCoreThreadTimeOut(true);
    this.watch = new ScheduledThreadPoolExecutor(1, DaemonThreads.named("fallback-watch"));
    breaker.whenOpened(this::giveUp);
    var unused =
        watch.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
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
   * @param doubt why, for whoever is turned away
   */
  CompletableFuture<Reading> read(Question asked, FallbackReason doubt, Caller caller) {
    if (breaker.isOpen()) {
      tally.rejected(Rejection.BREAKER);
      return CompletableFuture.failedFuture(unanswered(Rejection.BREAKER, doubt));
    }
    Question question = asked.ofWhateverTime();
    Waiter waiter = new Waiter(caller, System.nanoTime(), new CompletableFuture<>());
    Optional<Query> started = Optional.empty();
    synchronized (lines) {
      Line line = lines.computeIfAbsent(question, q -> new Line());
      if (line.next.isPresent()) {
        tally.shared();
      } else {
        line.next = Optional.of(new Query(question, doubt));
        started = line.running.isPresent() ? Optional.empty() : line.next;
      }
      line.next.get().waiters.add(waiter);
    }
    started.ifPresent(this::start);
    return waiter.answer();
  }

  private static Unanswered unanswered(Rejection why, FallbackReason doubt) {
    String because = "the projection cannot answer (" + doubt.wireName() + ") and ";
    return switch (why) {
      case QUEUE ->
          new Unanswered(
              Unanswered.Kind.OVERLOAD,
              because + "enough questions wait for MySQL already; try again");
      case RATE ->
          new Unanswered(
              Unanswered.Kind.OVERLOAD,
              because + "MySQL was asked enough within this second; try again");
      case BREAKER ->
          new Unanswered(
              Unanswered.Kind.SOURCE_UNAVAILABLE,
              because + "MySQL does not answer; try again, it is asked as soon as it does");
    };
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
        } else {
          result = begin(query) ? ask(query) : new CompletableFuture<>();
        }
      } finally {
        admission.leave();
      }
    }
    end(query, result);
  }

  private CompletableFuture<Reading> rejected(Query query, Rejection why) {
    synchronized (lines) {
      query.waiters.forEach(waiter -> tally.rejected(why));
    }
    return CompletableFuture.failedFuture(unanswered(why, query.doubt));
  }

  /** From here on nobody may share it; false when nobody wants it. */
  private boolean begin(Query query) {
    synchronized (lines) {
      Line line = lines.get(query.question);
      if (line == null || line.next.filter(next -> next == query).isEmpty()) {
        return false;
      }
      line.next = Optional.empty();
      line.running = Optional.of(query);
      query.begun = Optional.of(System.nanoTime());
      return true;
    }
  }

  private CompletableFuture<Reading> ask(Query query) {
    Instant sent = clock.instant();
    try {
      Page page = origin.read(query.question, query.recall);
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
    boolean wanted;
    synchronized (lines) {
      wanted = !query.givenUp;
    }
    if (e.kind() != Unanswered.Kind.SOURCE_UNAVAILABLE) {
      breaker.answered();
    } else if (wanted && !query.recall.isRecalled()) {
      breaker.failed(e);
    }
  }

  /** Tells the result, and starts the next query of the question unless it would fare no better. */
  private void end(Query query, CompletableFuture<Reading> result) {
    List<Waiter> told = new ArrayList<>();
    Optional<Query> started = Optional.empty();
    synchronized (lines) {
      told.addAll(query.takeWaiters());
      Line line = lines.get(query.question);
      if (line != null) {
        line.next = line.next.filter(next -> next != query);
        if (line.running.filter(running -> running == query).isPresent()) {
          line.running = Optional.empty();
          if (isForAll(result)) {
            line.next.ifPresent(next -> told.addAll(next.takeWaiters()));
            line.next = Optional.empty();
          }
          started = line.next;
        }
        removeIfEmpty(query.question, line);
      }
    }
    started.ifPresent(this::start);
    tell(told, result);
  }

  private void removeIfEmpty(Question question, Line line) {
    if (line.running.isEmpty() && line.next.isEmpty()) {
      lines.remove(question);
    }
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

  private static void tell(List<Waiter> waiters, CompletableFuture<Reading> result) {
    var unused =
        result.whenComplete(
            (reading, why) -> {
              for (Waiter waiter : waiters) {
                if (why == null) {
                  waiter.answer().complete(reading);
                } else {
                  waiter.answer().completeExceptionally(why);
                }
              }
            });
  }

  /** MySQL does not answer: nobody waits for it. Threads that do are free when their time is up. */
  private void giveUp() {
    Map<FallbackReason, List<Waiter>> told = new HashMap<>();
    synchronized (lines) {
      for (Line line : lines.values()) {
        for (Query query : queries(line)) {
          query.givenUp = true;
          told.computeIfAbsent(query.doubt, doubt -> new ArrayList<>()).addAll(query.takeWaiters());
        }
      }
      lines.clear();
    }
    told.forEach(
        (doubt, waiters) -> {
          waiters.forEach(waiter -> tally.rejected(Rejection.BREAKER));
          tell(waiters, CompletableFuture.failedFuture(unanswered(Rejection.BREAKER, doubt)));
        });
  }

  private static List<Query> queries(Line line) {
    List<Query> queries = new ArrayList<>();
    line.running.ifPresent(queries::add);
    line.next.ifPresent(queries::add);
    return queries;
  }

  private void look() {
    try {
      long now = System.nanoTime();
      List<Query> all = new ArrayList<>();
      boolean suspicious = false;
      synchronized (lines) {
        for (Line line : lines.values()) {
          all.addAll(queries(line));
          suspicious |=
              line.running
                  .flatMap(query -> query.begun)
                  .filter(begun -> now - begun > LONG.toNanos())
                  .isPresent();
        }
      }
      if (suspicious) {
        breaker.suspect();
      }
      all.forEach(query -> dismiss(query, now));
    } catch (RuntimeException e) {
      LOG.error("Callers were not looked at; this is a defect of the reader", e);
    }
  }

  /** Lets those go who have gone, and the query when nobody is left. */
  private void dismiss(Query query, long now) {
    List<Waiter> old;
    synchronized (lines) {
      old =
          query.waiters.stream().filter(waiter -> now - waiter.since() > SHORT.toNanos()).toList();
    }
    List<Waiter> gone = old.stream().filter(waiter -> waiter.caller().isGone()).toList();
    if (gone.isEmpty()) {
      return;
    }
    boolean runs = false;
    synchronized (lines) {
      query.waiters.removeAll(gone);
      Line line = lines.get(query.question);
      if (query.waiters.isEmpty() && line != null) {
        runs = line.running.filter(running -> running == query).isPresent();
        line.next = line.next.filter(next -> next != query);
        removeIfEmpty(query.question, line);
      }
    }
    if (runs && query.recall.recall()) {
      tally.killed();
    }
    tell(
        gone,
        CompletableFuture.failedFuture(
            new Unanswered(Unanswered.Kind.ABANDONED, "the caller closed its connection")));
  }

  @Override
  public void close() {
    watch.shutdownNow();
    threads.shutdownNow();
  }
}
