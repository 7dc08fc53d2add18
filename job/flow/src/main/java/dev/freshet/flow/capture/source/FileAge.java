package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.network.ServerException;
import dev.freshet.flow.binlog.Bytes;
import dev.freshet.flow.binlog.EventHead;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads when a server created a binlog file. After a reset, or a restore from an older backup, a
 * server has other files with the same names, and may have executed the same GTIDs, because their
 * numbers start again at 1.
 */
final class FileAge {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** MySQL's error code for all failures to read its binlog, and its message for a missing file. */
  private static final int FATAL_WHILE_READING = 1236;

  private static final String NO_SUCH_FILE = "Could not find first log file name";

  private FileAge() {}

  /**
   * Reads the first event of a file over a new connection.
   *
   * @param number the {@code server_id} of the server to read; another server is rejected
   * @param silence how long to wait for the event
   * @return when the file was created, in seconds since the epoch; empty if the server has no such
   *     file
   */
  static OptionalLong of(SourceOptions options, String file, long number, Duration silence)
      throws IOException, TimeoutException {
    First first = new First();
    LogClient client = new LogClient(options, file, number, BinlogConnection.HEARTBEAT, first);
    try {
      client.connect(CONNECT.toMillis());
      return first.created.get(silence.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(
          "binlog file %s: its first event cannot be read (%s)".formatted(file, e.getCause()),
          e.getCause());
    } finally {
      client.disconnect();
    }
  }

  /** Waits for the FORMAT_DESCRIPTION event at the start of a file. */
  private static final class First implements LogClient.Events {
    final CompletableFuture<OptionalLong> created = new CompletableFuture<>();

    @Override
    public void read(EventHead head, Bytes body) {
      if (head.type() == EventHead.FORMAT_DESCRIPTION) {
        created.complete(OptionalLong.of(head.timestamp()));
      }
    }

    @Override
    public void failed(Exception cause) {
      boolean gone =
          cause instanceof ServerException error
              && error.getErrorCode() == FATAL_WHILE_READING
              && String.valueOf(error.getMessage()).contains(NO_SUCH_FILE);
      if (gone) {
        created.complete(OptionalLong.empty());
      } else {
        created.completeExceptionally(cause);
      }
    }
  }
}
