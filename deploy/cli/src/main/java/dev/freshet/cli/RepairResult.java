package dev.freshet.cli;

import dev.freshet.cli.repair.Counts;
import dev.freshet.view.Key;
import java.util.Collection;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** How the commands that have keys repaired begin and end. */
final class RepairResult {
  private RepairResult() {}

  static void checkWait(CommandSpec spec, int seconds) {
    if (seconds < 0) {
      throw new ParameterException(spec.commandLine(), "--wait is " + seconds + "; give 0 or more");
    }
  }

  /** Keys that were given by an option. */
  static Collection<Key> understood(
      CommandSpec spec, String option, Supplier<Collection<Key>> keys) {
    try {
      return keys.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  /**
   * The exit code.
   *
   * @param seconds that were waited for each key
   * @throws Failure unless all keys are valid, or nobody waited
   */
  static int of(String view, Counts counts, int seconds) {
    if (counts.unheard() > 0) {
      throw new Failure(
          "View %s: of %,d of %,d keys nothing was heard in %d s%s; the job takes the requests when it runs, see freshet status"
              .formatted(
                  view,
                  counts.unheard(),
                  counts.asked(),
                  seconds,
                  counts.gaveUp() ? " and the others were not asked for" : ""));
    }
    if (counts.stillInvalid() > 0) {
      throw new Failure(
          "View %s: %,d of %,d keys are still INVALID, and MySQL answers them; freshet dead-letters list has the rows to correct"
              .formatted(view, counts.stillInvalid(), counts.asked()));
    }
    return 0;
  }
}
