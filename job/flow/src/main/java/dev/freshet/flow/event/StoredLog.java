package dev.freshet.flow.event;

import java.io.Serializable;

/** Reads from the store how far the job has got. Used where the job runs. */
@FunctionalInterface
public interface StoredLog extends Serializable {
  /** An empty store. */
  StoredLog NONE = () -> EventLog.State.NONE;

  /**
   * Returns the union of the states that the parts of the store have. Waits while the store is
   * down.
   *
   * @throws Exception if the store does not answer as it should; the job then restarts
   */
  EventLog.State read() throws Exception;
}
