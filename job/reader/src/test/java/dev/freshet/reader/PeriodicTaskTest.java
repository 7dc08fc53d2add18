package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {
  private static final Duration PAUSE = Duration.ofMillis(1);

  @Test
  void aRunThatFailsIsFollowedByTheNext() throws Exception {
    CountDownLatch runs = new CountDownLatch(4);
    Runnable task =
        () -> {
          runs.countDown();
          if (runs.getCount() % 2 == 0) {
            throw new NoClassDefFoundError("thrown by the test");
          }
          throw new IllegalStateException("thrown by the test");
        };
    try (PeriodicTask periodic = PeriodicTask.start("failing", Duration.ZERO, PAUSE, task)) {
      assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closingInterruptsTheRunAndEndsTheTask() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    PeriodicTask periodic =
        PeriodicTask.start(
            "waiting",
            Duration.ZERO,
            PAUSE,
            () -> {
              runs.incrementAndGet();
              running.countDown();
              try {
                TimeUnit.MINUTES.sleep(1);
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            });
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

    periodic.close();

    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(runs).hasValue(1);
  }
}
