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
 */
public record StoreFigures(
    Map<Of, Long> changes,
    Map<Of, Long> invalidKeys,
    Map<String, Boolean> invalidViews,
    Map<String, Backlog> backlogs,
    Map<String, Optional<Instant>> asOf) {
  /** Of a store that was not asked yet, or does not answer. */
  public static final StoreFigures NONE =
      new StoreFigures(Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  public StoreFigures {
    changes = Map.copyOf(changes);
    invalidKeys = Map.copyOf(invalidKeys);
    invalidViews = Map.copyOf(invalidViews);
    backlogs = Map.copyOf(backlogs);
    asOf = Map.copyOf(asOf);
  }

  /**
   * What is counted.
   *
   * @param what an outcome, or a reason
   */
  public record Of(String view, String what) {}

  /**
   * Rows that wait to be tried again.
   *
   * @param oldest when the one failed that waits longest; empty when none waits
   */
  public record Backlog(long rows, Optional<Instant> oldest) {}
}
