package dev.freshet.cli;

import dev.freshet.cli.job.JobControl;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes a savepoint. */
@Command(
    name = "savepoint",
    mixinStandardHelpOptions = true,
    header = "Take a savepoint; with --stop the job ends with it.",
    description = "%nThe last line it prints is the savepoint's path.%n")
final class SavepointCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Option(
      names = "--stop",
      description = "Stop the job with the savepoint; resume goes on from it.")
  private boolean stop;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description = "As the cluster sees it (default: flink.savepoints, else the cluster's own).")
  private String folder;

  @Option(
      names = "--format",
      defaultValue = "CANONICAL",
      description = "canonical, which any state backend reads, or native (default: canonical).")
  private JobControl.Format format;

  @Override
  public Integer call() {
    Target target = servers.target();
    Progress progress = new Progress(spec.commandLine().getOut());
    progress.say(target.describe());
    String path =
        new JobControl(target.layout(), target.config(), progress::say)
            .savepoint(stop, format, Optional.ofNullable(folder));
    spec.commandLine().getOut().println(path);
    return 0;
  }
}
