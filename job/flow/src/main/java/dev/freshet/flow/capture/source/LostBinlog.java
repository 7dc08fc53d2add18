package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.network.ServerException;
import java.util.Optional;

/** Tells that MySQL no longer has the binlog that follows what was read. */
final class LostBinlog {
  /** Of MySQL, for whatever it cannot give of its binlog. */
  private static final int FATAL_WHILE_READING = 1236;

  private LostBinlog() {}

  /**
   * What a failure to read the binlog means, if it means that.
   *
   * @param source names the server
   * @param reached the place behind what was read, as it is printed
   */
  static Optional<SourceFault> of(Throwable failure, String source, String reached) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      boolean lost =
          each instanceof ServerException said && said.getErrorCode() == FATAL_WHILE_READING;
      if (lost) {
        return Optional.of(
            new SourceFault(
                "Source "
                    + source
                    + ": it no longer has the binlog that follows "
                    + reached
                    + ", where the job was"
                    + (each instanceof ServerException ? " (" + each.getMessage() + ")" : "")
                    + ": it was purged or reset, or the server is another; "
                    + SourceFault.elsewhere(),
                failure));
      }
    }
    return Optional.empty();
  }
}
