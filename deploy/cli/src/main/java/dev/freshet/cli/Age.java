package dev.freshet.cli;

import java.time.Duration;

/** How long something takes or is ago, in the two units that matter. */
public final class Age {
  private Age() {}

  /** In words; what another clock says is still to come is 0 s. */
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
