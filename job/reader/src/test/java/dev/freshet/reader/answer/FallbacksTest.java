package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FallbacksTest {
  private static final ServedView VIEW = new ServedView(PlanBuilder.inbox(), 1, "job", 128);
  private static final int MANY = 60;

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final AtomicInteger queries = new AtomicInteger();

  /** Each query takes one, which says how it ends. */
  private final BlockingQueue<Optional<Unanswered>> ends = new LinkedBlockingQueue<>();

  private final BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
  private final Fallbacks fallbacks =
      new Fallbacks(this::query, new Gate(4, 100, Duration.ofSeconds(20)), Instant::now);

  private Page query(Question question) throws Unanswered {
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
    }
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
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

  private Future<String> ask(long site) {
    Question question = new Question(VIEW, List.of(42L, site), 50, Optional.empty());
    return callers.submit(() -> fallbacks.read(question, Doubt.STALE).page().total());
  }

  /** All of them have come when it returns. */
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
                return fallbacks.read(question, Doubt.STALE).page().total();
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
