package dev.freshet.cli;

import dev.freshet.cli.verify.OutcomeCounts;
import dev.freshet.cli.verify.VerificationLoop;
import dev.freshet.cli.verify.VerificationRun;
import dev.freshet.config.Config;
import dev.freshet.view.Key;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code verify}: compares a projection with MySQL. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    header = "Compare a view in the store with MySQL's answers, under traffic.",
    description = {
      "%nA key is read from the store, from MySQL and from the store again. A key that changes meanwhile is tried again; ",
      "a key that is not served from the projection is not compared. Exit code 1 if a mismatch is left, ",
      "or if nothing could be compared.%n"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final long ENDING_SECONDS = 20;

  private volatile boolean stopped;

  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", description = "The name of the view.")
  private String view;

  @ArgGroup(exclusive = true)
  private Which which = new Which();

  /** The options that select the keys. */
  static final class Which {
    @Option(
        names = "--key",
        paramLabel = "KEY",
        description = "A key as in the reader's URLs: its values in order, such as 42/7.")
    private List<String> keys = List.of();

    @Option(
        names = "--sample",
        paramLabel = "N",
        description =
            "This number of random keys, half from the store and half from MySQL (default: 100).")
    private Integer sample;

    @Option(names = "--all", description = "All keys of the store and of MySQL.")
    private boolean all;

    @Option(
        names = "--continuous",
        paramLabel = "RATE",
        description = "This number of keys per second until Ctrl-C, half of them recently written.")
    private Double rate;
  }

  @Option(
      names = "--repair",
      description = "Ask the job to repair the keys that differ, and wait for it.")
  private boolean repair;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "With --repair: how long to wait (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Override
  public Integer call() {
    check();
    Config config = servers.target().config();
    Progress progress = new Progress(spec.commandLine().getOut());
    return which.rate == null ? once(config, progress) : untilStopped(config, progress);
  }

  private void check() {
    CommandLine line = spec.commandLine();
    if (which.sample != null && which.sample < 1) {
      throw new CommandLine.ParameterException(
          line, "--sample is " + which.sample + "; give 1 or more");
    }
    if (which.rate != null && !(which.rate > 0 && which.rate <= 1000)) {
      throw new CommandLine.ParameterException(
          line, "--continuous is " + which.rate + "; give keys per second, at most 1000");
    }
    if (which.rate != null && repair) {
      throw new CommandLine.ParameterException(
          line, "--repair cannot be combined with --continuous");
    }
    if (seconds < 0) {
      throw new CommandLine.ParameterException(line, "--wait is " + seconds + "; give 0 or more");
    }
  }

  private int once(Config config, Progress progress) {
    OutcomeCounts counts = new OutcomeCounts();
    try (VerificationRun verification = VerificationRun.open(config, view, counts, progress::say)) {
      if (which.all) {
        verification.all();
      } else if (!which.keys.isEmpty()) {
        verification.keys(keys(verification));
      } else {
        verification.sample(which.sample == null ? 100 : which.sample);
      }
      progress.say(verification.cost());
      if (repair) {
        verification.repair(Duration.ofSeconds(seconds));
      }
      progress.say(counts.print());
      return result(counts, verification.mismatched());
    }
  }

  private List<Key> keys(VerificationRun verification) {
    try {
      return verification.parse(which.keys);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--key: " + e.getMessage(), e);
    }
  }

  private int result(OutcomeCounts counts, List<String> mismatched) {
    if (!mismatched.isEmpty()) {
      throw new Failure(
          "View %s: %,d keys differ from MySQL%s"
              .formatted(
                  view,
                  mismatched.size(),
                  repair
                      ? "; check that the job runs with freshet status, and verify them again"
                      : "; verify them with --repair, and report it"));
    }
    if (counts.verified() + counts.mismatched() == 0
        && counts.inconclusive() + counts.notServed() > 0) {
      throw new Failure(
          counts.notServed() == 0
              ? "View %s: all compared keys were inconclusive; verify again when fewer transactions run"
                  .formatted(view)
              : "View %s: no key could be compared, %,d are not served from the projection; freshet status shows the state of the view"
                  .formatted(view, counts.notServed()));
    }
    return 0;
  }

  private int untilStopped(Config config, Progress progress) {
    VerificationRun.open(config, view, new OutcomeCounts(), progress::say).close();
    VerificationLoop continuous = new VerificationLoop(config, view, which.rate, progress::say);
    CountDownLatch ended = new CountDownLatch(1);
    Thread work =
        new Thread(
            () -> {
              continuous.run(() -> stopped);
              progress.say(continuous.counts().print());
              ended.countDown();
            },
            "freshet-verify");
    work.setDaemon(true);
    // After Ctrl-C the current keys are completed, so that their outcomes are counted.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stopped = true;
                  await(ended);
                },
                "freshet-verify-end"));
    work.start();
    try {
      work.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return continuous.counts().mismatched() == 0 ? 0 : 1;
  }

  private static void await(CountDownLatch ended) {
    try {
      var unused = ended.await(ENDING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
