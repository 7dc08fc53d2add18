package dev.freshet.sandbox;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes a supervisor stop all servers and the job, and waits for its end. */
final class Stopper {
  private static final long PATIENCE_SECONDS = 90;

  private Stopper() {}

  /**
   * Terminates the process and waits for its end.
   *
   * @return false if it still runs after {@value #PATIENCE_SECONDS} seconds
   */
  static boolean stop(ProcessHandle supervisor) {
    supervisor.destroy();
    try {
      supervisor.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return !supervisor.isAlive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
