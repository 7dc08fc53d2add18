package dev.freshet.reader;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for asynchronous results. */
public final class Soon {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Soon() {}

  /** Returns when the condition is true; fails after a minute, or if the condition throws. */
  public static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(DEADLINE)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .pollInSameThread()
        .dontCatchUncaughtExceptions()
        .until(condition);
  }
}
