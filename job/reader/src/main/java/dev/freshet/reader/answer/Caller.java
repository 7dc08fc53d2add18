package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;

/** The client that waits for an answer. */
@FunctionalInterface
public interface Caller {
  /** A caller that never disconnects. */
  Caller PATIENT = () -> false;

  /** Whether the client has disconnected; does not block. */
  boolean isGone();

  /** Returns the party that the answer is counted for. */
  default Principal principal() {
    return Principal.SOLE;
  }

  /** Returns the trace of the caller's request. */
  default Trace trace() {
    return Trace.NONE;
  }

  /** Returns the meter that counts the bytes of the caller's answer. */
  default Meter meter() {
    return Meter.FREE;
  }
}
