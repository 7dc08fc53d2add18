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
  /** Bytes of a value that are taken unless the job's options say otherwise. */
  public static final int MOST_VALUE_BYTES = 1 << 20;

  public static final Handling DEFAULT = new Handling(MOST_VALUE_BYTES, Probe.NONE);

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
