package dev.freshet.reader.answer;

/** The client that waits for an answer. */
@FunctionalInterface
public interface Caller {
  /** A caller that never disconnects. */
  Caller PATIENT = () -> false;

  /** Whether the client has disconnected; does not block. */
  boolean isGone();

  /** Returns what counts the bytes of the caller's answer. */
  default Meter meter() {
    return Meter.FREE;
  }
}
