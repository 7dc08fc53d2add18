package dev.freshet.flow.capture.source;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The source did something that the job cannot follow. The message says what happened and what to
 * do. A restart does not help, so Flink ends the job without restarting it.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class SourceFault extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_SHOWN = 300;

  public SourceFault(String message) {
    super(message);
  }

  public SourceFault(String message, Throwable cause) {
    super(message, cause);
  }

  /** Returns the fault for a source that became another server before the snapshot was complete. */
  public static SourceFault movedInSnapshot() {
    return new SourceFault(
        "Source: it became another server while the snapshot was read; submit the job again");
  }

  /** Returns the remedy for a binlog that was reset. */
  public static String elsewhere() {
    return "build the views again under another store.schema: freshet cancel, then freshet submit";
  }

  /** Shortens a GTID set for a message. */
  public static String shown(String gtids) {
    return gtids.length() <= MOST_SHOWN ? gtids : gtids.substring(0, MOST_SHOWN) + "…";
  }
}
