package dev.freshet.reader;

import dev.freshet.view.form.OneLine;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs the bugs of a class of the reader at a bounded rate, because a caller who has found a bug
 * can trigger it repeatedly. Exceptions of the same class that were thrown at the same place are of
 * one kind. Logs the first exception of each kind with its stack trace, then at most one per minute
 * with the number of exceptions since the previous line. Each message stays on one line, because it
 * may quote a caller. Thread-safe.
 */
public final class Defects {
  private static final Duration QUIET = Duration.ofMinutes(1);

  /** The maximum number of kinds; all further kinds count as one kind. */
  private static final int MOST_KINDS = 100;

  private static final int MOST_FRAMES = 40;
  private static final int MOST_CAUSES = 4;
  private static final String OTHER = "other";

  private final Logger log;
  private final LongSupplier nanos;
  private final Map<String, Kind> kinds = new HashMap<>();

  private static final class Kind {
    private final long loggedAt;
    private long since;

    private Kind(long loggedAt) {
      this.loggedAt = loggedAt;
    }
  }

  /**
   * Creates a log of bugs.
   *
   * @param log the logger of the class that has the bugs
   */
  public Defects(Logger log) {
    this(log, System::nanoTime);
  }

  Defects(Logger log, LongSupplier nanos) {
    this.log = log;
    this.nanos = nanos;
  }

  /**
   * Logs a bug, or only counts it.
   *
   * @param what the failure, as a sentence without a full stop
   */
  public void log(String what, Throwable defect) {
    long before;
    synchronized (kinds) {
      long now = nanos.getAsLong();
      String name = name(defect);
      if (kinds.size() >= MOST_KINDS && !kinds.containsKey(name)) {
        name = OTHER;
      }
      Kind kind = kinds.get(name);
      if (kind != null && now - kind.loggedAt < QUIET.toNanos()) {
        kind.since++;
        return;
      }
      before = kind == null ? 0 : kind.since;
      kinds.put(name, new Kind(now));
    }
    log.error(
        "{}; this is a bug in the reader, please report it{}\n{}",
        what,
        before == 0 ? "" : " (" + before + " more like it since the last such line)",
        trace(defect));
  }

  private static String name(Throwable defect) {
    StackTraceElement[] frames = defect.getStackTrace();
    return defect.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]);
  }

  private static String trace(Throwable defect) {
    StringBuilder text = new StringBuilder();
    Throwable shown = defect;
    for (int causes = 0; shown != null && causes < MOST_CAUSES; causes++) {
      text.append(causes == 0 ? "" : "\nCaused by: ").append(shown.getClass().getName());
      if (shown.getMessage() != null) {
        text.append(": ").append(OneLine.of(shown.getMessage()));
      }
      StackTraceElement[] frames = shown.getStackTrace();
      for (int i = 0; i < Math.min(frames.length, MOST_FRAMES); i++) {
        text.append("\n\tat ").append(frames[i]);
      }
      shown = shown.getCause();
    }
    return text.toString();
  }
}
