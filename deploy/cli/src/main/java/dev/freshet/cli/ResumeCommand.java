package dev.freshet.cli;

import dev.freshet.cli.job.JobControl;
import dev.freshet.cli.rebuild.StateRebuild;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code resume}: submits the job from a savepoint or checkpoint. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    header = "Submit the job from a savepoint or checkpoint.",
    description = {
      "%nWithout --from it uses the newest one that is known: those that Flink lists for the job's name, and the last savepoint taken on this machine.%n"
    })
final class ResumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Option(names = "--from", paramLabel = "PATH", description = "Path of a savepoint or checkpoint.")
  private String from;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Parallelism of nodes and writers (default: job.parallelism).")
  private Integer parallelism;

  @Option(
      names = "--rebuild",
      description =
          "Rebuild all views in the store from the savepoint's state. A store that lacks commits, a new schema or another Postgres is rebuilt automatically.")
  private boolean rebuild;

  @Override
  public Integer call() {
    Target target = servers.target();
    Progress progress = new Progress(spec.commandLine().getOut());
    progress.say(target.describe());
    OptionalInt asked = parallelism == null ? OptionalInt.empty() : OptionalInt.of(parallelism);
    new JobControl(target.layout(), target.config(), progress::say)
        .resume(Optional.ofNullable(from), asked);
    if (rebuild) {
      try (StateRebuild store = StateRebuild.open(target.config(), progress::say)) {
        store.ask(store.following());
        progress.say("all views are being rebuilt from state; freshet status shows the progress");
      }
    }
    return 0;
  }
}
