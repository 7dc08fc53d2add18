package dev.freshet.sandbox;

import dev.freshet.cli.Endpoints;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Instance;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Progress;
import dev.freshet.cli.Running;
import dev.freshet.config.ConfigReader;
import dev.freshet.sandbox.traffic.Traffic;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code load}: writes to the sandbox's MySQL and reads from its reader. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    header = "Write to the sample and read from it, at a rate.")
final class LoadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HomeOption home;

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "Transactions per second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--polls",
      defaultValue = "50",
      description = "Reads per second (default: ${DEFAULT-VALUE}).")
  private double polls;

  @Option(names = "--seconds", description = "Duration in seconds (default: until Ctrl-C).")
  private long seconds;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Rates.check(spec, rate, polls);
    Layout layout = home.layout();
    OptionalLong supervisor = Instance.running(layout);
    if (supervisor.isEmpty()) {
      throw new Failure("Nothing runs in " + layout.home() + "; start it with ./deploy/freshet up");
    }
    Progress progress = new Progress(spec.commandLine().getOut());
    try (Traffic traffic =
        new Traffic(Endpoints.read(layout.endpoints()), rate, polls, System.nanoTime())) {
      ReaderHits hits =
          new ReaderHits(ConfigReader.read(layout.configuration(), Map.of()).reader().url());
      StatusLine line = new StatusLine(traffic, () -> " · hit ratio " + hits.next());
      for (long second = 0; seconds == 0 || second < seconds; second++) {
        TimeUnit.SECONDS.sleep(1);
        progress.say(line.next(Running.read(layout).resident(supervisor.getAsLong())));
        if (!traffic.trouble().isEmpty()) {
          throw new Failure("Load: " + traffic.trouble());
        }
      }
      progress.say("COMMIT→answer over the whole run: " + traffic.lag().print());
    }
    return 0;
  }
}
