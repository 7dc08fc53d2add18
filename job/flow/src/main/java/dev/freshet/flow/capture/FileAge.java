package dev.freshet.flow.capture;

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
      if (cause instanceof ServerException) {
        created.complete(OptionalLong.empty());
      } else {
        created.completeExceptionally(cause);
      }
    }
  }
}
