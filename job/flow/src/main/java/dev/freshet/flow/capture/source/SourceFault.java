package dev.freshet.flow.capture.source;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The source did what no view can follow. The message names it and what to do. To start the job
 * again does not help, so Flink does not: the job ends.
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

  /** The source moved before all of the snapshot was read. */
  public static SourceFault movedInSnapshot() {
    return new SourceFault(
        "Source: it became another server while the snapshot was read; submit the job anew");
  }

  /** The end of a message about a binlog that begins anew. */
  public static String elsewhere() {
    return "build the views anew under another store.schema: freshet cancel, then freshet submit";
  }

  /** GTIDs for a message, cut where they are many. */
  public static String shown(String gtids) {
    return gtids.length() <= MOST_SHOWN ? gtids : gtids.substring(0, MOST_SHOWN) + "…";
  }
}
