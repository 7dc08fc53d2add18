package dev.freshet.flow;

import dev.freshet.flow.node.Probe;
import java.io.Serializable;

/**
 * How rows are handled.
 *
 * @param mostValueBytes of one value; a row with a larger one is poison
 * @param probe hears of every row at every stage; for tests
 * @param interleaving hears of every place of a repair; for tests
 */
public record Handling(int mostValueBytes, Probe probe, Interleaving interleaving)
    implements Serializable {
  /** Without anybody that comes between. */
  public Handling(int mostValueBytes, Probe probe) {
    this(mostValueBytes, probe, Interleaving.NONE);
  }

  public Handling {
    if (mostValueBytes < 1) {
      throw new IllegalArgumentException("values of " + mostValueBytes + " bytes at most");
    }
  }
}
