package dev.freshet.reader;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what comes by itself. */
public final class Soon {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Soon() {}

  /** Returns once it holds; fails after a minute, and where it throws. */
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
