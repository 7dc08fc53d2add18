package dev.freshet.reader;

import dev.freshet.store.KeyState;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import java.time.Instant;
import java.util.List;
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
 * @param at when the figures were read; empty if the store did not answer
 * @param states the states of the views as a whole
 * @param ranges how far each writer of a job is, by job and sorted by key group
 * @param rebuilds the rebuilds that are not complete, by view
 * @param sizes how much of each view the store has; counted less often than the rest is read
 */
public record StoreFigures(
    Map<Of, Long> changes,
    Map<Of, Long> invalidKeys,
    Map<String, Boolean> invalidViews,
    Map<String, Backlog> backlogs,
    Map<String, Optional<Instant>> asOf,
    Map<String, Verification> verifications,
    Optional<Instant> at,
    Map<String, ViewState> states,
    Map<String, List<RangeProgress>> ranges,
    Map<String, RebuildsTable.Rebuild> rebuilds,
    Map<String, Size> sizes) {
  /** The figures of a store that has not been read yet or does not answer. */
  public static final StoreFigures NONE =
      new StoreFigures(
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Optional.empty(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of());

  public StoreFigures {
    changes = Map.copyOf(changes);
    invalidKeys = Map.copyOf(invalidKeys);
    invalidViews = Map.copyOf(invalidViews);
    backlogs = Map.copyOf(backlogs);
    asOf = Map.copyOf(asOf);
    verifications = Map.copyOf(verifications);
    states = Map.copyOf(states);
    ranges = Map.copyOf(ranges);
    rebuilds = Map.copyOf(rebuilds);
    sizes = Map.copyOf(sizes);
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
   * The state of a view as a whole; a key of a VALID view may be INVALID by itself.
   *
   * @param reason the wire name of the reason why the view is not VALID; empty if it is
   */
  public record ViewState(KeyState state, Optional<String> reason) {}

  /**
   * How many keys and entries of a view the store has.
   *
   * @param keys the number of keys that have entries
   * @param estimated whether the numbers are estimates; {@code keys} is a lower bound then
   * @param at when they were counted
   */
  public record Size(long keys, long entries, boolean estimated, Instant at) {}

  /**
   * Rows that wait for a retry.
   *
   * @param rows the number of rows
   * @param oldest when the row that has waited longest failed; empty if none waits
   */
  public record Backlog(long rows, Optional<Instant> oldest) {}
}
