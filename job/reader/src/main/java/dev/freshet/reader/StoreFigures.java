package dev.freshet.reader;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The store's metrics of its views and jobs, at one moment.
 *
 * @param changes the number of row changes, by view and outcome
 * @param invalidKeys the number of invalid keys, by view and reason
 * @param invalidViews whether a view is INVALID as a whole, by view
 * @param backlogs the rows that wait for a retry, by job
 * @param asOf the time as of which all key groups are confirmed to be complete, by job; empty
 *     before the first confirmation
 * @param verifications the results of comparisons with MySQL, by view; a view that was never
 *     verified is absent
 */
public record StoreFigures(
    Map<Of, Long> changes,
    Map<Of, Long> invalidKeys,
    Map<String, Boolean> invalidViews,
    Map<String, Backlog> backlogs,
    Map<String, Optional<Instant>> asOf,
    Map<String, Verification> verifications) {
  /** The figures of a store that has not been read yet or does not answer. */
  public static final StoreFigures NONE =
      new StoreFigures(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  public StoreFigures {
    changes = Map.copyOf(changes);
    invalidKeys = Map.copyOf(invalidKeys);
    invalidViews = Map.copyOf(invalidViews);
    backlogs = Map.copyOf(backlogs);
    asOf = Map.copyOf(asOf);
    verifications = Map.copyOf(verifications);
  }

  /**
   * The labels of a count.
   *
   * @param what an outcome or a reason
   */
  public record Of(String view, String what) {}

  /**
   * The results of comparing keys of a view with MySQL.
   *
   * @param at the time of the last comparison
   * @param outcomes the number of compared keys, by outcome
   * @param mismatches the number of keys that differed when they were last compared
   */
  public record Verification(Instant at, Map<String, Long> outcomes, long mismatches) {
    public Verification {
      outcomes = Map.copyOf(outcomes);
    }
  }

  /**
   * Rows that wait for a retry.
   *
   * @param rows the number of rows
   * @param oldest when the row that has waited longest failed; empty if none waits
   */
  public record Backlog(long rows, Optional<Instant> oldest) {}
}
