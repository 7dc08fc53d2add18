package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.Soon;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
import dev.freshet.store.FallbackReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FallbackQueriesTest {
  private static final ServedView VIEW = new ServedView(PlanBuilder.inbox(), 1, "job", 128);
  private static final int MANY = 60;
  private static final Shares SHARES = new Shares(75, 10);

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final AtomicInteger queries = new AtomicInteger();

  /** The outcomes of queries, in order: each query takes one, and succeeds if it is empty. */
  private final BlockingQueue<Optional<Unanswered>> ends = new LinkedBlockingQueue<>();

  private final BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
  private final AtomicInteger killed = new AtomicInteger();
  private final AtomicInteger rejected = new AtomicInteger();
  private final List<Fallback> queried = new CopyOnWriteArrayList<>();
  private volatile boolean answers = true;
  private final Breaker breaker = new Breaker(() -> answers, () -> answers);
  private final FallbackQueries fallbacks = fallbacks(0);

  private FallbackQueries fallbacks(int perSecond) {
    return fallbacks(new Bulkhead(4, 100, Duration.ofSeconds(20), SHARES), perSecond);
  }

  private FallbackQueries fallbacks(Bulkhead gate, int perSecond) {
    return new FallbackQueries(
        this::query,
        new Admission(gate, perSecond, SHARES),
        breaker,
        new AnswerMetrics() {
          @Override
          public void rejected(Rejection why) {
            rejected.incrementAndGet();
          }

          @Override
          public void queried(Fallback fallback) {
            queried.add(fallback);
          }
        },
        Instant::now);
  }

  private Page query(Question question, QueryHandle handle) throws Unanswered {
    handle.begin(
        () -> {
          killed.incrementAndGet();
          ends.add(Optional.of(new Unanswered(Unanswered.Kind.ABANDONED, "killed")));
        });
    int number = queries.incrementAndGet();
    try {
      begun.add(number);
      Optional<Unanswered> end = ends.poll(20, TimeUnit.SECONDS);
      if (end.isPresent()) {
        throw end.get();
      }
      return new Page(List.of(), Integer.toString(number), Optional.empty());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      handle.end();
    }
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
    fallbacks.close();
    breaker.close();
  }

  @Test
  void whoeverComesWhileOneRunsSharesTheNext() throws Exception {
    Future<String> first = ask(7);
    begun.take();
    List<Future<String>> others = askMany(7);
    ends.add(Optional.empty());
    ends.add(Optional.empty());

    assertThat(first.get()).isEqualTo("1");
    for (Future<String> other : others) {
      assertThat(other.get()).isEqualTo("2");
    }
    assertThat(queries).hasValue(2);
  }

  @Test
  void everyQueryThatEndedIsReportedBeforeItsRequestsAreAnswered() throws Exception {
    Future<String> first = ask(7);
    begun.take();
    List<Future<String>> others = askMany(7);
    ends.add(Optional.of(new Unanswered(Unanswered.Kind.SOURCE_REFUSED, "no")));
    assertThatThrownBy(first::get).hasRootCauseInstanceOf(Unanswered.class);
    begun.take();
    ends.add(Optional.empty());
    for (Future<String> other : others) {
      other.get();
    }

    assertThat(queried).extracting(Fallback::requests).containsExactly(1, MANY);
    assertThat(queried)
        .extracting(Fallback::failure)
        .containsExactly(Optional.of(Unanswered.Kind.SOURCE_REFUSED), Optional.empty());
    assertThat(queried)
        .extracting(Fallback::total)
        .containsExactly(Optional.empty(), Optional.of("2"));
    assertThat(queried)
        .extracting(Fallback::took)
        .allMatch(took -> took.compareTo(Duration.ZERO) > 0);
  }

  @Test
  void anotherQuestionHasAQueryOfItsOwn() throws Exception {
    Future<String> one = ask(7);
    Future<String> other = ask(8);
    begun.take();
    begun.take();
    ends.add(Optional.empty());
    ends.add(Optional.empty());

    assertThat(List.of(one.get(), other.get())).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void thatMysqlDoesNotAnswerIsHeardByAllWhoWaitAndTheNextIsAskedAnew() throws Exception {
    Future<String> first = ask(7);
    begun.take();
    List<Future<String>> others = askMany(7);
    ends.add(Optional.of(new Unanswered(Unanswered.Kind.TIMEOUT, "slow")));

    assertThatThrownBy(first::get).hasRootCauseMessage("slow");
    for (Future<String> other : others) {
      assertThatThrownBy(other::get)
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("slow");
    }
    ends.add(Optional.empty());
    assertThat(ask(7).get()).isEqualTo("2");
  }

  @Test
  @Timeout(20)
  void aQueryIsKilledWhenItsLastCallerHasGone() throws Exception {
    AtomicBoolean gone = new AtomicBoolean();
    Future<String> first = ask(7);
    begun.take();
    CompletableFuture<FallbackQueries.Reading> one = read(7, gone::get);
    CompletableFuture<FallbackQueries.Reading> other = read(7, Caller.PATIENT);
    ends.add(Optional.empty());
    assertThat(first.get()).isEqualTo("1");
    begun.take();

    gone.set(true);
    assertThatThrownBy(one::get).hasRootCauseMessage("the caller closed its connection");
    assertThat(killed).hasValue(0);
    ends.add(Optional.empty());
    assertThat(other.get().page().total()).isEqualTo("2");

    CompletableFuture<FallbackQueries.Reading> last = read(7, gone::get);
    begun.take();
    CompletableFuture<FallbackQueries.Reading> newcomer = read(7, Caller.PATIENT);
    assertThatThrownBy(last::get).hasRootCauseMessage("the caller closed its connection");
    begun.take();
    assertThat(killed).hasValue(1);
    ends.add(Optional.empty());
    assertThat(newcomer.get().page().total()).isEqualTo("4");
  }

  @Test
  @Timeout(20)
  void whatNobodyWaitsForDoesNotBegin() throws Exception {
    Future<String> first = ask(7);
    begun.take();
    assertThatThrownBy(read(7, () -> true)::get).hasRootCauseInstanceOf(Unanswered.class);
    ends.add(Optional.empty());
    assertThat(first.get()).isEqualTo("1");
    ends.add(Optional.empty());
    assertThat(ask(8).get()).isEqualTo("2");
    assertThat(queries).hasValue(2);
  }

  @Test
  @Timeout(20)
  void whoWaitsForASilentMysqlHearsItAndNobodyAsksUntilItAnswers() throws Exception {
    CompletableFuture<FallbackQueries.Reading> stuck = read(7, Caller.PATIENT);
    CompletableFuture<FallbackQueries.Reading> shared = read(7, Caller.PATIENT);
    begun.take();
    answers = false;
    for (CompletableFuture<FallbackQueries.Reading> each : List.of(stuck, shared)) {
      assertThatThrownBy(each::get).hasRootCauseInstanceOf(Unanswered.class);
    }
    assertThat(breaker.isOpen()).isTrue();
    assertThat(read(8, Caller.PATIENT)).isCompletedExceptionally();
    assertThat(queries.get()).isLessThanOrEqualTo(2);

    answers = true;
    while (breaker.isOpen()) {
      Thread.onSpinWait();
    }
    ends.add(Optional.empty());
    ends.add(Optional.empty());
    assertThat(ask(8).get()).isNotEmpty();
  }

  @Test
  void noMoreThanSoManyBeginWithinASecond() throws Exception {
    try (FallbackQueries limited = fallbacks(2)) {
      for (long site = 0; site < 10; site++) {
        ends.add(Optional.empty());
        Question question = new Question(VIEW, List.of(42L, site), 50, Optional.empty());
        var unused =
            limited
                .read(question, FallbackReason.STALE, Caller.PATIENT)
                .handle((r, why) -> r)
                .get();
      }
    }
    // A second may end in the midst of it.
    assertThat(rejected.get()).isBetween(6, 8);
    assertThat(queries.get()).isBetween(2, 4);
  }

  @Test
  @Timeout(20)
  void requestsThatJoinedAQueryOfAGreedyCallerAreAnsweredWithoutIt() throws Exception {
    Caller greedy = new Counted(new Principal(Principal.Kind.TOKEN, "greedy"));
    Caller modest = new Counted(new Principal(Principal.Kind.TOKEN, "modest"));
    Bulkhead gate = new Bulkhead(1, 3, Duration.ofSeconds(20), SHARES);
    try (FallbackQueries narrow = fallbacks(gate, 0)) {
      var running = read(narrow, 0, Caller.PATIENT);
      begun.take();
      var first = read(narrow, 1, greedy);
      Soon.await(() -> gate.waiting() == 1);
      var second = read(narrow, 2, greedy);
      Soon.await(() -> gate.waiting() == 2);
      var third = read(narrow, 3, greedy);
      Soon.await(() -> gate.waiting() == 3);
      var joined = read(narrow, 3, Caller.PATIENT);
      var newcomer = read(narrow, 4, modest);

      assertThatThrownBy(third::get).hasMessageContaining("this token has its share");
      assertThatThrownBy(second::get).hasMessageContaining("this token has its share");
      for (int i = 0; i < 4; i++) {
        ends.add(Optional.empty());
      }
      for (var answered : List.of(running, first, joined, newcomer)) {
        assertThat(answered).succeedsWithin(Duration.ofSeconds(10));
      }
    }
    assertThat(queries).hasValue(4);
    assertThat(rejected).hasValue(2);
  }

  private record Counted(Principal principal) implements Caller {
    @Override
    public boolean isGone() {
      return false;
    }
  }

  private CompletableFuture<FallbackQueries.Reading> read(long site, Caller caller) {
    return read(fallbacks, site, caller);
  }

  private static CompletableFuture<FallbackQueries.Reading> read(
      FallbackQueries of, long site, Caller caller) {
    return of.read(
        new Question(VIEW, List.of(42L, site), 50, Optional.empty()), FallbackReason.STALE, caller);
  }

  private Future<String> ask(long site) {
    Question question = new Question(VIEW, List.of(42L, site), 50, Optional.empty());
    return callers.submit(
        () -> fallbacks.read(question, FallbackReason.STALE, Caller.PATIENT).join().page().total());
  }

  /** Asks the same question in many threads. Returns when all of them have asked. */
  private List<Future<String>> askMany(long site) throws InterruptedException {
    CountDownLatch come = new CountDownLatch(MANY);
    List<Future<String>> answers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    Question question = new Question(VIEW, List.of(42L, site), 50, Optional.empty());
    for (int i = 0; i < MANY; i++) {
      answers.add(
          callers.submit(
              () -> {
                synchronized (threads) {
                  threads.add(Thread.currentThread());
                }
                come.countDown();
                return fallbacks
                    .read(question, FallbackReason.STALE, Caller.PATIENT)
                    .join()
                    .page()
                    .total();
              }));
    }
    assertThat(come.await(20, TimeUnit.SECONDS)).isTrue();
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    return answers;
  }
}
