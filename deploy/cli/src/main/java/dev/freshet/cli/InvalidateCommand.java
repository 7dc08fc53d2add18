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

/** The command {@code invalidate}: makes keys INVALID until they are repaired. */
@Command(
    name = "invalidate",
    mixinStandardHelpOptions = true,
    header = "Let MySQL answer keys until the job has repaired them, and print the results.",
    description = {
      "%nLike repair, for keys that must not be served in the meantime: they are INVALID (invalidated) at once. ",
      "Exit code 1 unless all keys are VALID again.%n"
    })
final class InvalidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", description = "The name of the view.")
  private String view;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      required = true,
      description = "A key as in the reader's URLs: its values in order, such as 42/7.")
  private List<String> keys;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "How long to wait for the result of each key; 0 to send the requests only (default: ${DEFAULT-VALUE}).")
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
        progress.say("requested the invalidation of %,d keys".formatted(counts.asked()));
      }
      return RepairResult.of(view, counts, seconds);
    }
  }
}
