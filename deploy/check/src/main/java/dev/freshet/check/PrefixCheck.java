package dev.freshet.check;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The checker's command line. Exits with 0 when every answer was right, else with 1. */
@Command(
    name = "prefix-check",
    mixinStandardHelpOptions = true,
    description = {
      "Writes random transactions to the sample source, reads over HTTP throughout, and compares",
      "every answer with what it must be at the version it names. Must be the only writer."
    })
public final class PrefixCheck implements Callable<Integer> {
  @Option(
      names = "--endpoints",
      defaultValue = ".freshet/endpoints.env",
      description = "Where MySQL and the reader are (default: ${DEFAULT-VALUE}).")
  private Path endpoints;

  @Option(names = "--transactions", defaultValue = "5000", description = "Default: 5000.")
  private int transactions;

  @Option(names = "--rate", defaultValue = "100", description = "Transactions a second.")
  private double rate;

  @Option(names = "--readers", defaultValue = "12", description = "Threads that poll.")
  private int readers;

  @Option(names = "--polls", defaultValue = "200", description = "Polls a second, of all readers.")
  private double polls;

  @Option(names = "--seed", defaultValue = "1", description = "Decides every transaction.")
  private long seed;

  @Option(
      names = "--patience",
      defaultValue = "60",
      description = "Seconds the projection may take to come to the last commit.")
  private int patience;

  @Option(
      names = "--renames",
      defaultValue = "0",
      description = "Instead: so many renames of the user with most conversations, 2 a second.")
  private int renames;

  @Option(
      names = "--reader-may-die",
      description = "A reader that cannot be reached is no failure.")
  private boolean readerMayDie;

  @Override
  public Integer call() throws Exception {
    CheckPlan plan =
        new CheckPlan(
            renames > 0 ? renames : transactions,
            renames > 0 ? 2 : rate,
            readers,
            polls,
            seed,
            Duration.ofSeconds(patience),
            readerMayDie);
    try (Check check = new Check(Endpoints.read(endpoints).values(), plan)) {
      CheckReport report = renames > 0 ? check.renames(renames, 2) : check.transactions();
      System.out.println(report.print());
      return report.passed() ? 0 : 1;
    }
  }

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new PrefixCheck())
            .setExecutionExceptionHandler(
                (e, line, parsed) -> {
                  line.getErr().println("prefix-check: " + e.getMessage());
                  return 1;
                })
            .execute(args));
  }
}
