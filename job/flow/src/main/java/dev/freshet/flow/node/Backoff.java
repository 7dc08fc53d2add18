package dev.freshet.flow.node;

import java.util.Random;

/**
 * The pause before a retry: 250 ms after the first attempt, then four times as long after each,
 * plus up to half of it at random.
 */
final class Backoff {
  private static final long FIRST_MS = 250;
  private static final int FACTOR_BITS = 2;
  private static final int MOST_DOUBLINGS = 8;

  private Backoff() {}

  /**
   * The pause in milliseconds.
   *
   * @param attempts the number of attempts made so far, at least 1
   */
  static long delay(int attempts, Random random) {
    long base = FIRST_MS << Math.min((attempts - 1) * FACTOR_BITS, MOST_DOUBLINGS);
    return base + random.nextLong(base / 2 + 1);
  }
}
