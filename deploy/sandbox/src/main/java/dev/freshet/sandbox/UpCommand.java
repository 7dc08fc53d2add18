package dev.freshet.sandbox;

import dev.freshet.cli.Layout;
import dev.freshet.cli.Progress;
import dev.freshet.sandbox.sample.SampleSize;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Starts everything and leaves a supervisor behind. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    header = "Start everything and submit the job.",
    description = {
      "%nStarts MySQL, Kafka, Postgres, a Flink cluster and the reader, submits the job, and returns when reads are served from the projection. ",
      "Servers begin empty: what a former run left is removed. A supervisor stays behind and starts again what dies.%n"
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
