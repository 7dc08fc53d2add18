package dev.freshet.sandbox;

import dev.freshet.cli.Layout;
import dev.freshet.cli.Progress;
import dev.freshet.sandbox.sample.SampleSize;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The command {@code up}: starts all servers and the job under a supervisor, which keeps running.
 */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    header = "Start everything and submit the job.",
    description = {
      "%nStarts MySQL, Kafka, Postgres, a Flink cluster and the reader, submits the job, and"
          + " returns when reads are served from the projection. ",
      "The servers start empty: the data of earlier runs is deleted. A supervisor keeps running and"
          + " restarts servers that die. ",
      "They take only who can read the home folder, which has the secrets.%n"
    })
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private UpOptions options;
  @Mixin private HomeOption home;

  @Override
  public Integer call() {
    Layout layout = home.layout();
    Progress progress = new Progress(spec.commandLine().getOut());
    new Starter(layout, progress).start(options, SampleSize.SMALL, false);
    progress.say("endpoints are in " + layout.endpoints());
    return 0;
  }
}
