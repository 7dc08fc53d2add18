package dev.freshet.reader.answer;

import dev.freshet.reader.DaemonThreads;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Keeps questions from a MySQL that does not answer, and finds out by itself when it does again: no
 * question has to try.
 *
 * <ul>
 *   <li><b>closed</b>: it may be asked. Whoever cannot reach it, or waits for longer than half a
 *       second, has it looked at over a connection besides; if it is silent there too, the breaker
 *       opens. It also opens when half of the last ten queries, and five at least, found no
 *       connection. A statement that MySQL ends or refuses is an answer: a slow view shuts nobody
 *       else out.
 *   <li><b>open</b>: nobody asks. It is looked at four times a second, and the breaker closes when
 *       it answers.
 * </ul>
 *
 * <p>Safe for many threads; it looks in a thread of its own.
 */
public final class Breaker implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration BELIEVED = Duration.ofMillis(500);
  private static final Duration FOREVER = Duration.ofDays(365);

  private final BooleanSupplier answers;
  private final BooleanSupplier recovered;
  private final CircuitBreaker circuit =
      CircuitBreaker.of(
          "mysql",
          CircuitBreakerConfig.custom()
              .slidingWindowSize(10)
              .minimumNumberOfCalls(5)
              .failureRateThreshold(50)
              .waitDurationInOpenState(FOREVER)
              .build());
  private final List<Runnable> whenOpened = new CopyOnWriteArrayList<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1, DaemonThreads.named("mysql-breaker"), new ThreadPoolExecutor.DiscardPolicy());
  private volatile long answeredAt = System.nanoTime() - BELIEVED.toNanos();

  /**
   * A closed one.
   *
   * @param answers whether MySQL answers, found out soon
   * @param recovered whether it can be asked again
   */
  public Breaker(BooleanSupplier answers, BooleanSupplier recovered) {
    this.answers = answers;
    this.recovered = recovered;
    circuit
        .getEventPublisher()
        .onStateTransition(
            event -> {
              if (event.getStateTransition().getToState() == State.OPEN) {
                thread.execute(this::tell);
              }
            });
  }

  public boolean isOpen() {
    return circuit.getState() == State.OPEN;
  }

  /** Has something done whenever it opens, in this breaker's thread. */
  void whenOpened(Runnable action) {
    whenOpened.add(action);
  }

  /** MySQL said something, if only that it does not like the question. */
  void answered() {
    circuit.onSuccess(0, TimeUnit.NANOSECONDS);
  }

  /** MySQL could not be reached. */
  synchronized void failed(Unanswered why) {
    circuit.onError(0, TimeUnit.NANOSECONDS, why);
    suspect(Duration.ZERO);
  }

  /** A query takes its time; has MySQL looked at unless that was done just now. */
  void suspect() {
    suspect(BELIEVED);
  }

  private void suspect(Duration believed) {
    boolean known = System.nanoTime() - answeredAt < believed.toNanos();
    if (!isOpen() && !known && looking.compareAndSet(false, true)) {
      thread.execute(this::look);
    }
  }

  private void look() {
    try {
      if (answers.getAsBoolean()) {
        answeredAt = System.nanoTime();
      } else {
        open();
      }
    } finally {
      looking.set(false);
    }
  }

  private synchronized void open() {
    if (!isOpen()) {
      circuit.transitionToOpenState();
    }
  }

  private void tell() {
    whenOpened.forEach(Runnable::run);
    lookAgainLater();
  }

  private void lookAgainLater() {
    var unused = thread.schedule(this::closeIfRecovered, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeIfRecovered() {
    boolean up = false;
    try {
      up = answers.getAsBoolean() && recovered.getAsBoolean();
    } finally {
      if (!up) {
        lookAgainLater();
      }
    }
    if (up) {
      answeredAt = System.nanoTime();
      circuit.transitionToClosedState();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
