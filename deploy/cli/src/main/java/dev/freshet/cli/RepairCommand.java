package dev.freshet.cli;

import dev.freshet.cli.repair.Counts;
import dev.freshet.cli.repair.KeyRepair;
import dev.freshet.view.Key;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code repair}: repairs keys. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    header = "Let the job read keys from MySQL again, and print the results.",
    description = {
      "%nThe job reads the rows of a key from MySQL, consistent with the binlog, and replaces the key's entries ",
      "in the store. Meanwhile the key is served as before. Exit code 1 unless all keys are VALID.%n"
    })
final class RepairCommand implements Callable<Integer> {
  private static final double DEFAULT_RATE = 50;
  private static final double HIGHEST_RATE = 1000;

  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", description = "The name of the view.")
  private String view;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "A key as in the reader's URLs: its values in order, such as 42/7.")
  private List<String> keys = List.of();

  @Option(
      names = "--row",
      paramLabel = "ROW",
      description = "A single row of the view's first table: its primary key in the same form.")
  private List<String> rows = List.of();

  @Option(names = "--all", description = "Repair all keys of the store and of MySQL.")
  private boolean all;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "With --all: keys per second (default: 50).")
  private Double rate;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "How long to wait for the result of each key; 0 to send the requests only (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Override
  public Integer call() {
    checkOptions();
    Duration patience = Duration.ofSeconds(seconds);
    Progress progress = new Progress(spec.commandLine().getOut());
    try (KeyRepair repair = KeyRepair.open(servers.target().config(), view, progress::say)) {
      if (all) {
        Counts counts = repair.repairAll(rate == null ? DEFAULT_RATE : rate, patience);
        progress.say(counts.print());
        return RepairResult.of(view, counts, seconds);
      }
      if (!rows.isEmpty()) {
        Collection<Key> asked = RepairResult.understood(spec, "--row", () -> repair.rows(rows));
        repair.repairRows(asked);
        progress.say(
            "requested the repair of %,d rows, for which there are no results; freshet verify compares their keys"
                .formatted(asked.size()));
        return 0;
      }
      Counts counts =
          repair.repair(RepairResult.understood(spec, "--key", () -> repair.keys(keys)), patience);
      if (seconds == 0) {
        progress.say("requested the repair of %,d keys".formatted(counts.asked()));
      }
      return RepairResult.of(view, counts, seconds);
    }
  }

  private void checkOptions() {
    CommandLine line = spec.commandLine();
    int ways = (keys.isEmpty() ? 0 : 1) + (rows.isEmpty() ? 0 : 1) + (all ? 1 : 0);
    if (ways != 1) {
      throw new CommandLine.ParameterException(line, "Give --key, --row, or --all");
    }
    if (rate != null && !all) {
      throw new CommandLine.ParameterException(line, "--rate requires --all");
    }
    if (rate != null && !(rate > 0 && rate <= HIGHEST_RATE)) {
      throw new CommandLine.ParameterException(
          line, "--rate is " + rate + "; give keys per second, at most 1000");
    }
    RepairResult.checkWait(spec, seconds);
  }
}
