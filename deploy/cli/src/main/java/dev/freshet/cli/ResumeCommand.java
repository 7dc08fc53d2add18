package dev.freshet.cli;

import dev.freshet.cli.job.JobControl;
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

  @Override
  public Integer call() {
    Target target = servers.target();
    Progress progress = new Progress(spec.commandLine().getOut());
    progress.say(target.describe());
    OptionalInt asked = parallelism == null ? OptionalInt.empty() : OptionalInt.of(parallelism);
    new JobControl(target.layout(), target.config(), progress::say)
        .resume(Optional.ofNullable(from), asked);
    return 0;
  }
}
