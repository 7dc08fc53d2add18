package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits the number of concurrent callers. A limited number of further callers waits, for a limited
 * time, so that waiting never uses all threads of the reader.
 *
 * <p>Places are shared fairly. A free place goes to a principal with the fewest callers inside; of
 * the waiting callers of these principals, the first to arrive gets it. If the queue is full, a new
 * caller displaces the newest waiting caller of the principal with the most waiting callers, unless
 * the new caller's principal would then have as many. Each principal gets at most its share of the
 * places; only a {@link Principal.Kind#SOLE sole} principal may get all.
 *
 * <p>Thread-safe.
 */
public final class Bulkhead {
  private final int capacity;
  private final int most;
  private final int queue;
  private final Duration wait;
  private final Shares shares;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<Principal, Integer> inside = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private int occupied;

  private static final class Waiting {
    private final Principal principal;
    private final Condition changed;
    private boolean admitted;
    private boolean displaced;

    private Waiting(Principal principal, Condition changed) {
      this.principal = principal;
      this.changed = changed;
    }
  }

  /**
   * Creates an empty bulkhead.
   *
   * @param capacity the maximum number of callers inside
   * @param queue the maximum number of callers that wait
   * @param wait the maximum time that a caller waits
   * @param shares the shares of the places that a principal may get; a subject gets the share of a
   *     token
   */
  public Bulkhead(int capacity, int queue, Duration wait, Shares shares) {
    this.capacity = capacity;
    this.most = capacity + queue;
    this.queue = queue;
    this.wait = wait;
    this.shares = new Shares(shares.tokenPercent(), shares.tokenPercent());
  }

  /**
   * Enters, after waiting if necessary. Returns why the caller was rejected; empty if it is inside.
   * A caller that is inside must call {@link #leave}.
   */
  public Optional<Rejection> enter(Principal principal) {
    lock.lock();
    try {
      if (mayEnter(principal)) {
        admit(principal);
        return Optional.empty();
      }
      if (waiting.size() >= queue && !displaceFor(principal)) {
        return Optional.of(Rejection.QUEUE);
      }
      return await(principal);
    } finally {
      lock.unlock();
    }
  }

  /** Leaves after a successful {@link #enter} of the same principal. */
  public void leave(Principal principal) {
    lock.lock();
    try {
      occupied--;
      inside.computeIfPresent(principal, (key, count) -> count == 1 ? null : count - 1);
      admitNext();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Rejection> await(Principal principal) {
    Waiting mine = new Waiting(principal, lock.newCondition());
    waiting.add(mine);
    long rest = wait.toNanos();
    try {
      while (!mine.admitted && !mine.displaced && rest > 0) {
        rest = mine.changed.awaitNanos(rest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (mine.admitted) {
      return Optional.empty();
    }
    waiting.remove(mine);
    return Optional.of(mine.displaced ? Rejection.SHARE : Rejection.QUEUE);
  }

  /**
   * Whether a principal's caller may enter now. A new caller that may enter overtakes no waiting
   * caller, because every waiting caller that may enter has been admitted.
   */
  private boolean mayEnter(Principal principal) {
    return occupied < capacity && insideOf(principal) < shares.of(principal, capacity);
  }

  private void admit(Principal principal) {
    occupied++;
    inside.merge(principal, 1, Integer::sum);
  }

  private void admitNext() {
    Optional<Waiting> next = next();
    while (next.isPresent()) {
      waiting.remove(next.get());
      admit(next.get().principal);
      next.get().admitted = true;
      next.get().changed.signal();
      next = next();
    }
  }

  /**
   * Returns the waiting caller that enters next; empty if none may enter. {@code min} returns the
   * first of equal callers, which arrived first.
   */
  private Optional<Waiting> next() {
    return waiting.stream()
        .filter(each -> mayEnter(each.principal))
        .min(Comparator.comparingInt(each -> insideOf(each.principal)));
  }

  private boolean displaceFor(Principal newcomer) {
    Map<Principal, Integer> counts = new HashMap<>();
    waiting.forEach(each -> counts.merge(each.principal, 1, Integer::sum));
    Optional<Map.Entry<Principal, Integer>> largest =
        counts.entrySet().stream().max(Map.Entry.comparingByValue());
    if (largest.isEmpty() || largest.get().getValue() <= counts.getOrDefault(newcomer, 0) + 1) {
      return false;
    }
    for (int i = waiting.size() - 1; i >= 0; i--) {
      Waiting each = waiting.get(i);
      if (each.principal.equals(largest.get().getKey())) {
        waiting.remove(i);
        each.displaced = true;
        each.changed.signal();
        return true;
      }
    }
    throw new IllegalStateException("a principal was counted that does not wait");
  }

  private int insideOf(Principal principal) {
    return inside.getOrDefault(principal, 0);
  }

  /** Returns the maximum number of callers inside. */
  int capacity() {
    return capacity;
  }

  /** Returns the maximum number of callers inside or waiting. */
  int most() {
    return most;
  }

  /** Returns the number of callers that wait. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of callers inside. */
  public int occupied() {
    lock.lock();
    try {
      return occupied;
    } finally {
      lock.unlock();
    }
  }
}
