package dev.freshet.flow.log;

/**
 * What waits to be tried again.
 *
 * @param waiting how many rows
 * @param oldest when the one that waits longest failed, in milliseconds of the wall clock; 0 when
 *     none waits
 */
public record Backlog(int waiting, long oldest) implements ControlMessage {
  public static final Backlog NONE = new Backlog(0, 0);

  public Backlog {
    if (waiting < 0 || oldest < 0) {
      throw new IllegalArgumentException(waiting + " waiting since " + oldest);
    }
  }
}
