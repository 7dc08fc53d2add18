package dev.freshet.sandbox;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a supervisor to stop everything, and waits for it. */
final class Stopper {
  private static final long PATIENCE_SECONDS = 90;

  private Stopper() {}

  /**
   * Returns when the process is gone.
   *
   * @return false when it is still there after the patience
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
