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

/** Builds views anew from what the job holds. */
@Command(
    name = "rebuild",
    mixinStandardHelpOptions = true,
    header = "Write views anew from the state of the running job; MySQL is not read.",
    description = {
      "%nThe job removes what the store has of the views and writes all entries again, while changes go on. ",
      "Until that is done MySQL answers their keys. It helps where the store's tables were damaged; where ",
      "the store lost commits the job does it by itself. Exit code 1 unless all views are served again.%n"
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
      description = "From the job's state; the only way there is, and the default.")
  private boolean fromState;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "3600",
      description =
          "How long to wait until they are served; 0 asks only (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    if (views.isEmpty() != all) {
      throw new CommandLine.ParameterException(spec.commandLine(), "Give names of views, or --all");
    }
    if (!fromState) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "Views are rebuilt from the job's state only; to read MySQL anew, submit the job anew");
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
          "Job %s: it does not run, and only a running job can rebuild; start it with resume"
              .formatted(target.config().job().name()));
    }
    try (StateRebuild rebuild = StateRebuild.open(target.config(), progress::say)) {
      List<String> asked = all ? rebuild.following() : views;
      rebuild.ask(asked);
      if (seconds == 0) {
        progress.say("asked for " + String.join(", ", asked) + " to be rebuilt");
        return 0;
      }
      if (rebuild.await(asked, Duration.ofSeconds(seconds), job::state)) {
        progress.say("rebuilt " + String.join(", ", asked));
        return 0;
      }
      progress.say("not done after " + seconds + " s; it goes on, and freshet status shows it");
      return 1;
    }
  }
}
