package dev.freshet.reader.answer;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the number of concurrent callers. A limited number of further callers waits, for a limited
 * time and in order of arrival. A caller that finds the queue full is rejected immediately, so that
 * waiting never uses all threads of the reader. Thread-safe.
 */
public final class Bulkhead {
  private final int capacity;
  private final int most;
  private final Semaphore inside;
  private final Semaphore queue;
  private final Duration wait;

  /**
   * Creates an empty bulkhead.
   *
   * @param capacity the maximum number of callers inside
   * @param queue the maximum number of callers that wait
   * @param wait how long a caller waits at most
   */
  public Bulkhead(int capacity, int queue, Duration wait) {
    this.capacity = capacity;
    this.most = capacity + queue;
    this.inside = new Semaphore(capacity, true);
    this.queue = new Semaphore(queue);
    this.wait = wait;
  }

  /**
   * Enters, after waiting if necessary. Returns false if the caller was rejected; otherwise it must
   * call {@link #leave}.
   */
  public boolean enter() {
    boolean queued = queue.tryAcquire();
    try {
      // The timed form is fair even with a timeout of 0: it does not overtake waiting callers.
      return inside.tryAcquire(queued ? wait.toNanos() : 0, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      if (queued) {
        queue.release();
      }
    }
  }

  /** Leaves after a successful {@link #enter}. */
  public void leave() {
    inside.release();
  }

  /** Returns the maximum number of callers inside. */
  int capacity() {
    return capacity;
  }

  /** Returns the maximum number of callers inside or waiting. */
  int most() {
    return most;
  }

  /** Returns the number of callers inside. */
  public int occupied() {
    return capacity - inside.availablePermits();
  }
}
