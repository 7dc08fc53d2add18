package dev.freshet.sandbox;

import dev.freshet.cli.Endpoints;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Progress;
import dev.freshet.cli.Running;
import dev.freshet.cli.verify.VerificationLoop;
import dev.freshet.config.ConfigReader;
import dev.freshet.sandbox.sample.SampleSize;
import dev.freshet.sandbox.traffic.Traffic;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command {@code demo}: starts all servers and the job with traffic, and stops them at Ctrl-C.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    header = "Start everything, with traffic, until Ctrl-C.",
    description = {
      "%nStarts everything with the large sample, writes to it, reads from it, and prints a status line every second. Ctrl-C stops everything.%n"
    })
final class DemoCommand implements Callable<Integer> {
  private static final String VERIFIED_VIEW = "unread_conversations";
  private static final double VERIFIED_KEYS = 5;

  private volatile boolean ending;

  @Spec private CommandSpec spec;
  @Mixin private UpOptions options;
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

  @Option(names = "--seconds", description = "End after this many seconds (default: never).")
  private long seconds;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Rates.check(spec, rate, polls);
    if (options.sample(SampleSize.LARGE) == SampleSize.NONE) {
      throw new Failure("Demo: it writes to the sample; choose --sample small or large");
    }
    Layout layout = home.layout();
    Progress progress = new Progress(spec.commandLine().getOut());
    ProcessHandle supervisor = new Starter(layout, progress).start(options, SampleSize.LARGE, true);
    Traffic traffic;
    try {
      traffic = new Traffic(Endpoints.read(layout.endpoints()), rate, polls, 1);
    } catch (SQLException | IOException e) {
      Stopper.stop(supervisor);
      throw e;
    }
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> end(progress, traffic, supervisor), "freshet-demo-end"));
    run(layout, progress, traffic, supervisor);
    progress.say("COMMIT→answer over the whole run: " + traffic.lag().print());
    if (!supervisor.isAlive()) {
      throw new Failure(
          "Supervisor: it ended, and all servers with it; see " + layout.supervisorLog());
    }
    return 0;
  }

  private void run(Layout layout, Progress progress, Traffic traffic, ProcessHandle supervisor)
      throws InterruptedException {
    VerificationLoop verification = verify(layout, progress);
    ReaderHits hits =
        new ReaderHits(ConfigReader.read(layout.configuration(), Map.of()).reader().url());
    StatusLine line =
        new StatusLine(
            traffic,
            () ->
                " · hit ratio %s · verified %,d, mismatched %,d"
                    .formatted(
                        hits.next(),
                        verification.counts().verified(),
                        verification.counts().mismatched()));
    long from = System.nanoTime();
    long second = 0;
    while (supervisor.isAlive() && !ending && (seconds == 0 || second < seconds)) {
      second++;
      long due = from + TimeUnit.SECONDS.toNanos(second);
      TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      if (ending) {
        return;
      }
      progress.say(line.next(Running.read(layout).resident(supervisor.pid())));
      if (!traffic.trouble().isEmpty()) {
        progress.say(traffic.trouble());
      }
    }
  }

  /** Continuously compares some keys with MySQL, in a background thread. */
  private VerificationLoop verify(Layout layout, Progress progress) {
    VerificationLoop verification =
        new VerificationLoop(
            ConfigReader.read(layout.configuration(), Map.of()),
            VERIFIED_VIEW,
            VERIFIED_KEYS,
            progress::say);
    Thread thread = new Thread(() -> verification.run(() -> ending), "freshet-demo-verify");
    thread.setDaemon(true);
    thread.start();
    return verification;
  }

  /** Stops the traffic, the servers and the job; runs as the shutdown hook of this process. */
  private void end(Progress progress, Traffic traffic, ProcessHandle supervisor) {
    ending = true;
    traffic.close();
    if (supervisor.isAlive()) {
      progress.say("stopping");
      Stopper.stop(supervisor);
      progress.say("all stopped");
    }
  }
}
