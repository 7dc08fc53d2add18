package dev.freshet.flow.log;

/**
 * How many rows wait for a retry. {@code RetryQueue} of capture keeps them.
 *
 * @param waiting the number of rows
 * @param oldest when the longest waiting row failed, in milliseconds since the epoch; 0 if no row
 *     waits
 */
public record Backlog(int waiting, long oldest) implements ControlMessage {
  public static final Backlog NONE = new Backlog(0, 0);

  public Backlog {
    if (waiting < 0 || oldest < 0) {
      throw new IllegalArgumentException(waiting + " waiting since " + oldest);
    }
  }
}
