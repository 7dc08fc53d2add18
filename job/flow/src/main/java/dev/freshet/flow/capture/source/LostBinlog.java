package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.network.ServerException;
import java.util.Optional;

/**
 * Recognises failures that mean that MySQL no longer has the binlog after the last read position.
 */
final class LostBinlog {
  /** MySQL's error code for all failures to read its binlog. */
  private static final int FATAL_WHILE_READING = 1236;

  private LostBinlog() {}

  /**
   * Returns the fault if a failure means that the binlog is lost; otherwise empty.
   *
   * @param source the server's name for the message
   * @param reached the last read position for the message
   */
  static Optional<SourceFault> of(Throwable failure, String source, String reached) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      boolean lost =
          each instanceof ServerException error && error.getErrorCode() == FATAL_WHILE_READING;
      if (lost) {
        return Optional.of(
            new SourceFault(
                "Source "
                    + source
                    + ": it no longer has the binlog after "
                    + reached
                    + ", the job's position"
                    + (each instanceof ServerException ? " (" + each.getMessage() + ")" : "")
                    + ": the binlog was purged or reset, or it is another server; "
                    + SourceFault.elsewhere(),
                failure));
      }
    }
    return Optional.empty();
  }
}
