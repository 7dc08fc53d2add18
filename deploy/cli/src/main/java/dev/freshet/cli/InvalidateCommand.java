package dev.freshet.cli;

import dev.freshet.cli.repair.Counts;
import dev.freshet.cli.repair.KeyRepair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes keys out of service until they are put right. */
@Command(
    name = "invalidate",
    mixinStandardHelpOptions = true,
    header = "Let MySQL answer keys until the job has read them anew, and say what came of it.",
    description = {
      "%nLike repair, for a key that must not be served as it is: it is INVALID (invalidated) at once. ",
      "Exit code 1 unless all keys are VALID again.%n"
    })
final class InvalidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", description = "Its name.")
  private String view;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      required = true,
      description = "This key, as in a reader's URL: its values in order, such as 42/7.")
  private List<String> keys;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "How long to wait for what comes of each key; 0 asks only (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Override
  public Integer call() {
    RepairResult.checkWait(spec, seconds);
    Progress progress = new Progress(spec.commandLine().getOut());
    try (KeyRepair repair = KeyRepair.open(servers.target().config(), view, progress::say)) {
      Counts counts =
          repair.invalidate(
              RepairResult.understood(spec, "--key", () -> repair.keys(keys)),
              Duration.ofSeconds(seconds));
      if (seconds == 0) {
        progress.say("asked for %,d keys to be invalidated".formatted(counts.asked()));
      }
      return RepairResult.of(view, counts, seconds);
    }
  }
}
