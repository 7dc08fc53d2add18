package dev.freshet.servers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Keeps the file small that a process appends its output to. When it is larger than {@value #LIMIT}
 * bytes it is copied to a file that ends in {@code .1}, after {@code .1} became {@code .2} and so
 * on, and then emptied: the process goes on in the same file. At most {@value #KEPT} copies remain.
 * What the process writes between the copy and the emptying is lost.
 *
 * <p>Servers that rotate their logs themselves still write some output, such as the JVM's own, into
 * such a file.
 */
final class OutputLog {
  static final long LIMIT = 20L << 20;
  static final int KEPT = 4;

  private static final long PERIOD_SECONDS = 2;

  /** One thread looks after the files of all processes. */
  private static final ScheduledExecutorService THREAD =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "output-logs");
            thread.setDaemon(true);
            return thread;
          });

  private OutputLog() {}

  /**
   * Watches a file for as long as its process lives.
   *
   * @param lives whether the process lives
   */
  static void watch(Path log, BooleanSupplier lives) {
    var unused =
        THREAD.schedule(
            () -> {
              rotate(log, LIMIT);
              if (lives.getAsBoolean()) {
                watch(log, lives);
              }
            },
            PERIOD_SECONDS,
            TimeUnit.SECONDS);
  }

  /** Rotates a file that is larger than the limit; leaves it alone if that fails. */
  static void rotate(Path log, long limit) {
    try {
      if (!Files.exists(log) || Files.size(log) <= limit) {
        return;
      }
      for (int number = KEPT; number > 1; number--) {
        Path newer = copy(log, number - 1);
        if (Files.exists(newer)) {
          Files.move(newer, copy(log, number), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Files.copy(log, copy(log, 1), StandardCopyOption.REPLACE_EXISTING);
      FileChannel.open(log, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING).close();
    } catch (IOException e) {
      System.err.println("Log " + log + " cannot be rotated (" + e + "); check space and rights");
    }
  }

  private static Path copy(Path log, int number) {
    return log.resolveSibling(log.getFileName() + "." + number);
  }
}
