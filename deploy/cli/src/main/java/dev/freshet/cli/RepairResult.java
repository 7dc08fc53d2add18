package dev.freshet.cli;

import dev.freshet.cli.repair.Counts;
import dev.freshet.view.Key;
import java.util.Collection;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Parses the options and determines the exit code of {@code repair} and {@code invalidate}. */
final class RepairResult {
  private RepairResult() {}

  static void checkWait(CommandSpec spec, int seconds) {
    if (seconds < 0) {
      throw new ParameterException(spec.commandLine(), "--wait is " + seconds + "; give 0 or more");
    }
  }

  /** Parses keys; reports a malformed key as a wrong value of an option. */
  static Collection<Key> understood(
      CommandSpec spec, String option, Supplier<Collection<Key>> keys) {
    try {
      return keys.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the exit code.
   *
   * @param seconds how long the command waited for each key
   * @throws Failure if a key is invalid, or has no result
   */
  static int of(String view, Counts counts, int seconds) {
    if (counts.withoutResult() > 0) {
      throw new Failure(
          "View %s: no result for %,d of %,d keys within %d s%s; the job handles the requests when it runs, see freshet status"
              .formatted(
                  view,
                  counts.withoutResult(),
                  counts.asked(),
                  seconds,
                  counts.gaveUp() ? ", and the other keys were not requested" : ""));
    }
    if (counts.stillInvalid() > 0) {
      throw new Failure(
          "View %s: %,d of %,d keys are still INVALID, and MySQL answers them; freshet dead-letters list shows the rows to correct"
              .formatted(view, counts.stillInvalid(), counts.asked()));
    }
    return 0;
  }
}
