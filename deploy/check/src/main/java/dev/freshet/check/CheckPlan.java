package dev.freshet.check;

import java.time.Duration;

/**
 * The parameters of a check.
 *
 * @param transactions the number of transactions
 * @param rate transactions per second
 * @param readers the number of polling threads
 * @param polls requests per second of all polling threads together
 * @param seed the seed of the writer's random choices
 * @param patience how long the projection may take to reach the last commit
 * @param readerMayDie whether an unreachable reader is allowed
 */
public record CheckPlan(
    int transactions,
    double rate,
    int readers,
    double polls,
    long seed,
    Duration patience,
    boolean readerMayDie) {
  public CheckPlan {
    if (transactions < 0 || rate <= 0 || readers < 1 || polls <= 0) {
      throw new IllegalArgumentException(
          "transactions "
              + transactions
              + ", rate "
              + rate
              + ", readers "
              + readers
              + ", polls "
              + polls
              + ": all must be above 0");
    }
  }

  /**
   * Returns a plan of 5,000 transactions at 100 per second, and twelve polling threads with 200
   * requests per second.
   */
  public static CheckPlan standard() {
    return new CheckPlan(5000, 100, 12, 200, 1, Duration.ofSeconds(60), false);
  }

  public CheckPlan transactions(int count) {
    return new CheckPlan(count, rate, readers, polls, seed, patience, readerMayDie);
  }

  public CheckPlan rate(double perSecond) {
    return new CheckPlan(transactions, perSecond, readers, polls, seed, patience, readerMayDie);
  }

  public CheckPlan polls(double perSecond) {
    return new CheckPlan(transactions, rate, readers, perSecond, seed, patience, readerMayDie);
  }

  public CheckPlan seed(long value) {
    return new CheckPlan(transactions, rate, readers, polls, value, patience, readerMayDie);
  }

  public CheckPlan patience(Duration value) {
    return new CheckPlan(transactions, rate, readers, polls, seed, value, readerMayDie);
  }

  /** Returns a plan in which the reader may be killed and restarted at the same address. */
  public CheckPlan withMortalReader() {
    return new CheckPlan(transactions, rate, readers, polls, seed, patience, true);
  }
}
