package dev.freshet.cli.verify;

import dev.freshet.view.Key;
import java.util.Map;

/** The outcome of verifying a key. */
sealed interface Outcome {
  /** The projection equals MySQL's answer. */
  record Verified() implements Outcome {}

  /** In every round the key changed or could not be compared. */
  record Inconclusive(String why) implements Outcome {}

  /** The key is not served from the projection, so there was nothing to compare. */
  record NotServed(String reason) implements Outcome {}

  /**
   * The projection differs from MySQL's answer.
   *
   * @param differences the differing entries, by the primary key of the root row
   * @param stored the version of the projection when it was last read
   * @param from a version of the projection that MySQL's snapshot contains completely
   * @param to a binlog position after the snapshot's last transaction
   */
  record Mismatched(Map<Key, Difference> differences, long stored, long from, long to)
      implements Outcome {
    public Mismatched {
      differences = Map.copyOf(differences);
    }
  }
}
