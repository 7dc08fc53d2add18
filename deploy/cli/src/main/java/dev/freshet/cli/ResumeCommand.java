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

/** Lets the job go on. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    header = "Submit the job from a savepoint or checkpoint.",
    description = {
      "%nWithout --from it goes on from the newest that is known: of those Flink still lists for the job's name, and of the last one that savepoint took from here.%n"
    })
final class ResumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Option(names = "--from", paramLabel = "PATH", description = "A savepoint or checkpoint.")
  private String from;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Of nodes and writers (default: job.parallelism).")
  private Integer parallelism;

  @Option(
      names = "--rebuild",
      description =
          "Write all views anew from the savepoint's state. A store that lacks commits, a new schema or another Postgres is filled so without being asked.")
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
        progress.say("all views are rebuilt from state; freshet status shows how far they are");
      }
    }
    return 0;
  }
}
