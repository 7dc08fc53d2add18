package dev.freshet.cli;

import dev.freshet.cli.job.JobControl;
import dev.freshet.cli.rebuild.StateRebuild;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code rebuild}: rebuilds views from the job's state. */
@Command(
    name = "rebuild",
    mixinStandardHelpOptions = true,
    header = "Rebuild views in the store from the state of the running job; MySQL is not read.",
    description = {
      "%nThe job deletes the views' entries from the store and writes all of them again, while changes continue. ",
      "Until that is complete MySQL answers their keys. Use it if the store's tables were damaged; if the store ",
      "lost commits, the job rebuilds automatically. Exit code 1 unless all views are served again.%n"
    })
final class RebuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", arity = "0..*", description = "Names of views.")
  private List<String> views = List.of();

  @Option(names = "--all", description = "All views of the job.")
  private boolean all;

  @Option(
      names = "--from-state",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Rebuild from the job's state; the default, and the only source.")
  private boolean fromState;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "3600",
      description =
          "How long to wait until they are served; 0 to send the request only (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    if (views.isEmpty() != all) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Give names of views, or --all");
    }
    if (!fromState) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "Views can be rebuilt only from the job's state; to read MySQL, submit the job again");
    }
    if (seconds < 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--wait is " + seconds + "; give seconds, 0 or more");
    }
    Target target = servers.target();
    Progress progress = new Progress(spec.commandLine().getOut());
    JobControl job = new JobControl(target.layout(), target.config(), progress::say);
    if (!job.isRunning()) {
      throw new Failure(
          "Job %s: it does not run, but only a running job can rebuild; start it with resume"
              .formatted(target.config().job().name()));
    }
    try (StateRebuild rebuild = StateRebuild.open(target.config(), progress::say)) {
      List<String> asked = all ? rebuild.following() : views;
      rebuild.ask(asked);
      if (seconds == 0) {
        progress.say("requested the rebuild of " + String.join(", ", asked));
        return 0;
      }
      if (rebuild.await(asked, Duration.ofSeconds(seconds), job::state)) {
        progress.say("rebuilt " + String.join(", ", asked));
        return 0;
      }
      progress.say("not complete after " + seconds + " s; it continues, see freshet status");
      return 1;
    }
  }
}
