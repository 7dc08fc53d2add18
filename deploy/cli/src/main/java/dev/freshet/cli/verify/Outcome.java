package dev.freshet.cli.verify;

import dev.freshet.view.Key;
import java.util.Map;

/** What came of verifying a key. */
sealed interface Outcome {
  /** The projection stood at MySQL's answer. */
  record Verified() implements Outcome {}

  /** The key changed, or could not be asked for, as often as it was tried. */
  record Inconclusive(String why) implements Outcome {}

  /** The projection does not vouch for the key: there was nothing to compare. */
  record NotServed(String reason) implements Outcome {}

  /**
   * The projection stands at something else than MySQL's answer.
   *
   * @param differences by the primary key of the root row
   * @param stored the version of the projection when it was last read
   * @param from the projection's version that MySQL's snapshot has all of
   * @param to the place that the snapshot has nothing beyond
   */
  record Mismatched(Map<Key, Difference> differences, long stored, long from, long to)
      implements Outcome {
    public Mismatched {
      differences = Map.copyOf(differences);
    }
  }
}
