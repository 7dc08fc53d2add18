package dev.freshet.servers;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts processes from one thread that ends only with this JVM.
 *
 * <p>The kernel's parent-death signal, by which children die with their parent however it ends, is
 * sent when the starting <em>thread</em> ends: a child started from a pool's thread would be killed
 * when the pool shrinks.
 */
final class Spawner {
  private static final ExecutorService THREAD =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "freshet-spawner");
            thread.setDaemon(true);
            return thread;
          });

  private Spawner() {}

  static Process start(ProcessBuilder builder) throws IOException {
    try {
      return THREAD.submit(builder::start).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerException("Interrupted while starting " + builder.command().get(0), e);
    }
  }
}
