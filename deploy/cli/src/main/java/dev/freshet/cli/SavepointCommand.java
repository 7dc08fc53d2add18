package dev.freshet.cli;

import dev.freshet.cli.job.JobControl;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code savepoint}. */
@Command(
    name = "savepoint",
    mixinStandardHelpOptions = true,
    header = "Take a savepoint; with --stop also stop the job.",
    description = "%nThe last line it prints is the savepoint's path.%n")
final class SavepointCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Option(
      names = "--stop",
      description = "Stop the job with the savepoint; resume continues from it.")
  private boolean stop;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description =
          "Folder as a path on the cluster (default: flink.savepoints, otherwise the cluster's default).")
  private String folder;

  @Option(
      names = "--format",
      defaultValue = "CANONICAL",
      description =
          "canonical, which every state backend can read, or native (default: canonical).")
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
