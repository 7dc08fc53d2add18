package dev.freshet.flow;

import dev.freshet.flow.node.Probe;
import java.io.Serializable;

/**
 * Options for the handling of rows.
 *
 * @param mostValueBytes the maximum size of a value in bytes, at least 1; a row with a larger value
 *     is poison
 * @param probe called for every row at every stage; for tests
 * @param interleaving called at each {@link Interleaving.Point} of a repair; for tests
 */
public record Handling(int mostValueBytes, Probe probe, Interleaving interleaving)
    implements Serializable {
  /** Creates options without interleaving. */
  public Handling(int mostValueBytes, Probe probe) {
    this(mostValueBytes, probe, Interleaving.NONE);
  }

  public Handling {
    if (mostValueBytes < 1) {
      throw new IllegalArgumentException(
          "the maximum size of a value is " + mostValueBytes + " bytes; it must be at least 1");
    }
  }
}
