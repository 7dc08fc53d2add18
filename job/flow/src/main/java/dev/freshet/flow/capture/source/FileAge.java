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
 * Asks a server when it began a file of its binlog. A binlog that was reset, or a server that was
 * restored from an older copy, has other files of the same names, and may have executed all GTIDs
 * that were read: they begin again at 1.
 */
final class FileAge {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** Of MySQL, for whatever it cannot give of its binlog, and how it says that there is no file. */
  private static final int FATAL_WHILE_READING = 1236;

  private static final String NO_SUCH_FILE = "Could not find first log file name";

  private FileAge() {}

  /**
   * Reads the first event of a file, over a connection of its own.
   *
   * @param number the {@code server_id} of the only server that may be asked
   * @return in seconds; empty when the server has no such file
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
      throw new IOException("the first event of " + file + " was not read", e.getCause());
    } finally {
      client.disconnect();
    }
  }

  /** Waits for the event that each file begins with. */
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
          cause instanceof ServerException said
              && said.getErrorCode() == FATAL_WHILE_READING
              && String.valueOf(said.getMessage()).contains(NO_SUCH_FILE);
      if (gone) {
        created.complete(OptionalLong.empty());
      } else {
        created.completeExceptionally(cause);
      }
    }
  }
}
