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
 * A circuit breaker that keeps queries from a MySQL that does not answer. It probes MySQL itself,
 * so that no query has to be sacrificed to find out whether MySQL answers again.
 *
 * <ul>
 *   <li><b>closed</b>: MySQL may be queried. If a query cannot reach MySQL, or takes longer than
 *       half a second, MySQL is probed over a separate connection; if the probe fails, too, the
 *       breaker opens. It also opens if half of the last ten queries, at least five, could not
 *       connect. A statement that MySQL aborts or rejects counts as an answer, so that a slow view
 *       does not block the others.
 *   <li><b>open</b>: MySQL is not queried. It is probed four times a second, and the breaker closes
 *       when it answers.
 * </ul>
 *
 * <p>Thread-safe; the probes run in a background thread.
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
  private final AtomicBoolean probing = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1, DaemonThreads.named("mysql-breaker"), new ThreadPoolExecutor.DiscardPolicy());
  private volatile long answeredAt = System.nanoTime() - BELIEVED.toNanos();

  /**
   * Creates a closed breaker.
   *
   * @param answers probes whether MySQL answers; returns soon
   * @param recovered whether MySQL can be queried again; called after a successful probe
   */
  public Breaker(BooleanSupplier answers, BooleanSupplier recovered) {
    this.answers = answers;
    this.recovered = recovered;
    circuit
        .getEventPublisher()
        .onStateTransition(
            event -> {
              if (event.getStateTransition().getToState() == State.OPEN) {
                thread.execute(this::onOpen);
              }
            });
  }

  public boolean isOpen() {
    return circuit.getState() == State.OPEN;
  }

  /** Runs an action in the breaker's thread whenever the breaker opens. */
  void whenOpened(Runnable action) {
    whenOpened.add(action);
  }

  /** Notes that MySQL answered a query, even if with an error. */
  void answered() {
    circuit.onSuccess(0, TimeUnit.NANOSECONDS);
  }

  /** Notes that MySQL could not be reached. */
  synchronized void failed(Unanswered why) {
    circuit.onError(0, TimeUnit.NANOSECONDS, why);
    suspect(Duration.ZERO);
  }

  /** Probes MySQL because a query is slow, unless it answered a probe just now. */
  void suspect() {
    suspect(BELIEVED);
  }

  private void suspect(Duration believed) {
    boolean known = System.nanoTime() - answeredAt < believed.toNanos();
    if (!isOpen() && !known && probing.compareAndSet(false, true)) {
      thread.execute(this::probe);
    }
  }

  private void probe() {
    try {
      if (answers.getAsBoolean()) {
        answeredAt = System.nanoTime();
      } else {
        open();
      }
    } finally {
      probing.set(false);
    }
  }

  private synchronized void open() {
    if (!isOpen()) {
      circuit.transitionToOpenState();
    }
  }

  private void onOpen() {
    whenOpened.forEach(Runnable::run);
    probeLater();
  }

  private void probeLater() {
    var unused = thread.schedule(this::closeIfRecovered, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void closeIfRecovered() {
    boolean up = false;
    try {
      up = answers.getAsBoolean() && recovered.getAsBoolean();
    } finally {
      if (!up) {
        probeLater();
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
