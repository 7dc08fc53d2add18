package dev.freshet.cli;

import dev.freshet.cli.job.JobControl;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code submit}: submits a new job. */
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    header = "Submit the job, which starts with a snapshot.",
    description = {
      "%nChecks views, source and store, sends the job to the Flink cluster, and returns when it runs. ",
      "Refused while a job with the same name runs. Use resume to continue a job that was stopped.%n"
    })
final class SubmitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Parallelism of nodes and writers (default: job.parallelism).")
  private Integer parallelism;

  @Override
  public Integer call() {
    Target target = servers.target();
    Progress progress = new Progress(spec.commandLine().getOut());
    progress.say(target.describe());
    OptionalInt asked = parallelism == null ? OptionalInt.empty() : OptionalInt.of(parallelism);
    new JobControl(target.layout(), target.config(), progress::say).submit(asked);
    return 0;
  }
}
