package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
  private final ConcurrencyLimit limit = new ConcurrencyLimit(1, 2);
  private final List<String> done = new ArrayList<>();

  @Test
  void runsInTheCallingThread() {
    Thread[] thread = new Thread[1];
    limit.execute(() -> thread[0] = Thread.currentThread());
    assertThat(thread[0]).isSameAs(Thread.currentThread());
  }

  @Test
  void runsInOrderWhatComesMeanwhile() {
    limit.execute(
        () -> {
          limit.execute(() -> done.add("second"));
          limit.execute(() -> done.add("third"));
          done.add("first");
        });
    assertThat(done).containsExactly("first", "second", "third");
  }

  @Test
  void rejectsWorkIfTooMuchWaits() {
    limit.execute(
        () -> {
          limit.execute(() -> done.add("second"));
          limit.execute(() -> done.add("third"));
          assertThatThrownBy(() -> limit.execute(() -> done.add("fourth")))
              .isInstanceOf(RejectedExecutionException.class)
              .hasMessage("2 requests wait already");
        });
    assertThat(done).containsExactly("second", "third");
    limit.execute(() -> done.add("fifth"));
    assertThat(done).containsExactly("second", "third", "fifth");
  }

  @Test
  void goesOnAfterAFailure() {
    limit.execute(
        () -> {
          limit.execute(() -> done.add("second"));
          throw new IllegalStateException("a defect");
        });
    limit.execute(
        () -> {
          throw new LinkageError("a defect");
        });
    limit.execute(() -> done.add("third"));
    assertThat(done).containsExactly("second", "third");
  }

  @Test
  void neverRunsMoreAtOnce() throws Exception {
    ConcurrencyLimit three = new ConcurrencyLimit(3, 1_000);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch left = new CountDownLatch(1_000);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int i = 0; i < 1_000; i++) {
        threads.execute(
            () ->
                three.execute(
                    () -> {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      Thread.onSpinWait();
                      running.decrementAndGet();
                      left.countDown();
                    }));
      }
      assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.shutdownNow();
    }
    assertThat(most.get()).isBetween(1, 3);
  }
}
