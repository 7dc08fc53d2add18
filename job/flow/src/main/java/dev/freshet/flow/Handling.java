package dev.freshet.flow;

import dev.freshet.flow.node.Probe;
import java.io.Serializable;

/**
 * How rows are handled.
 *
 * @param mostValueBytes of one value; a row with a larger one is poison
 * @param probe hears of every row at every stage; for tests
 */
public record Handling(int mostValueBytes, Probe probe) implements Serializable {
  /** Bytes of a value that are taken unless the job's options say otherwise. */
  public static final int MOST_VALUE_BYTES = 1 << 20;

  public static final Handling DEFAULT = new Handling(MOST_VALUE_BYTES, Probe.NONE);

  public Handling {
    if (mostValueBytes < 1) {
      throw new IllegalArgumentException("values of " + mostValueBytes + " bytes at most");
    }
  }
}
