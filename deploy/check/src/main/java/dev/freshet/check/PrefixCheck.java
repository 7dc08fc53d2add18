package dev.freshet.check;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the checker. Exits with 0 if all answers were right, otherwise with 1. */
@Command(
    name = "prefix-check",
    mixinStandardHelpOptions = true,
    description = {
      "Writes random transactions to the sample source, reads over HTTP throughout, and compares",
      "every answer with the expected one at its version. Must be the only writer of the source."
    })
public final class PrefixCheck implements Callable<Integer> {
  @Option(
      names = "--endpoints",
      defaultValue = ".freshet/endpoints.env",
      description = "File with the addresses of MySQL and the reader (default: ${DEFAULT-VALUE}).")
  private Path endpoints;

  @Option(names = "--transactions", defaultValue = "5000", description = "Default: 5000.")
  private int transactions;

  @Option(names = "--rate", defaultValue = "100", description = "Transactions per second.")
  private double rate;

  @Option(names = "--readers", defaultValue = "12", description = "Number of polling threads.")
  private int readers;

  @Option(
      names = "--polls",
      defaultValue = "200",
      description = "Polls per second of all threads together.")
  private double polls;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of the random transactions.")
  private long seed;

  @Option(
      names = "--patience",
      defaultValue = "60",
      description = "Seconds that the projection may take to reach the last commit.")
  private int patience;

  @Option(
      names = "--renames",
      defaultValue = "0",
      description =
          "Instead of random transactions, rename the user with most conversations this many times, twice a second.")
  private int renames;

  @Option(names = "--reader-may-die", description = "Allow that the reader cannot be reached.")
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
