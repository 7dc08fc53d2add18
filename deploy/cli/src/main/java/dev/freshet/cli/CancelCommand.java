package dev.freshet.cli;

import dev.freshet.cli.job.JobControl;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code cancel}: ends the job. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    header = "End the job without a savepoint.",
    description = {
      "%nMySQL answers reads as soon as the projection is older than its FRESHNESS. ",
      "The last checkpoint is kept; resume continues from it.%n"
    })
final class CancelCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Override
  public Integer call() {
    Target target = servers.target();
    Progress progress = new Progress(spec.commandLine().getOut());
    progress.say(target.describe());
    new JobControl(target.layout(), target.config(), progress::say).cancel();
    return 0;
  }
}
