package dev.freshet.cli;

import java.time.Duration;

/** Prints durations and ages with their two largest units. */
public final class Age {
  private Age() {}

  /** Returns the text; a negative age, which another clock can cause, is 0 s. */
  public static String print(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    Duration duration = Duration.ofSeconds(seconds);
    return seconds < 120
        ? seconds + " s"
        : seconds < 7200
            ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
            : duration.toHours() + " h " + duration.toMinutesPart() + " min";
  }
}
