package dev.freshet.reader.answer;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets a bounded number in at once and a bounded number wait for a bounded time, first come first
 * served. Who finds the queue full is turned away at once, so that waiting never takes all of the
 * reader's threads.
 */
public final class Bulkhead {
  private final int places;
  private final int most;
  private final Semaphore inside;
  private final Semaphore queue;
  private final Duration wait;

  public Bulkhead(int places, int queue, Duration wait) {
    this.places = places;
    this.most = places + queue;
    this.inside = new Semaphore(places, true);
    this.queue = new Semaphore(queue);
    this.wait = wait;
  }

  /** Whether the caller is in; then it must {@link #leave}. */
  public boolean enter() {
    boolean queued = queue.tryAcquire();
    try {
      // Even without a wait the timed form does not push in front of those who wait.
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

  public void leave() {
    inside.release();
  }

  /** How many may be in at once. */
  int places() {
    return places;
  }

  /** How many may be in or wait at once. */
  int most() {
    return most;
  }

  /** How many are in. */
  public int occupied() {
    return places - inside.availablePermits();
  }
}
