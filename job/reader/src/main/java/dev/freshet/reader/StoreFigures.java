package dev.freshet.reader;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the store says of the views and jobs it serves, at one moment.
 *
 * @param changes how the changes of each view's rows ended, by view and outcome
 * @param invalidKeys how many keys are not valid, by view and reason
 * @param invalidViews whether a view is INVALID as a whole, by view
 * @param backlogs what waits to be tried again, by job
 * @param asOf when MySQL confirmed all of a job's progress, by job; empty before it did
 * @param verifications what came of comparing keys with MySQL, by view; none of a view that was
 *     never verified
 */
public record StoreFigures(
    Map<Of, Long> changes,
    Map<Of, Long> invalidKeys,
    Map<String, Boolean> invalidViews,
    Map<String, Backlog> backlogs,
    Map<String, Optional<Instant>> asOf,
    Map<String, Verification> verifications) {
  /** Of a store that was not asked yet, or does not answer. */
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
   * What is counted.
   *
   * @param what an outcome, or a reason
   */
  public record Of(String view, String what) {}

  /**
   * What came of comparing keys of a view with MySQL.
   *
   * @param at when that was done last
   * @param outcomes how often a key was found so, by outcome
   * @param mismatches keys that were found to differ and not verified since
   */
  public record Verification(Instant at, Map<String, Long> outcomes, long mismatches) {
    public Verification {
      outcomes = Map.copyOf(outcomes);
    }
  }

  /**
   * Rows that wait to be tried again.
   *
   * @param oldest when the one failed that waits longest; empty when none waits
   */
  public record Backlog(long rows, Optional<Instant> oldest) {}
}
