package dev.freshet.sandbox;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Progress;
import dev.freshet.cli.TargetOption;
import dev.freshet.config.Config;
import dev.freshet.config.Secret;
import dev.freshet.config.SecretFile;
import dev.freshet.sandbox.bench.Bench;
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

/**
 * The command {@code bench}: measures the throughput and latency of answers from the reader and
 * from MySQL.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    header = "Measure the reader's answers and compare them with MySQL's.",
    description = {
      "%nSeveral threads request first pages as fast as possible, first from the reader, then from MySQL with",
      "the view's query. This puts load on MySQL for --seconds; do not run it against a MySQL in production.%n"
    })
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", description = "The name of the view.")
  private String view;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "A key as in the reader's URLs, such as 42/7; each given key is measured separately"
              + " (default: 200 keys of the store, in random order).")
  private List<String> keys = List.of();

  @Option(
      names = "--threads",
      defaultValue = "8",
      description = "Number of threads (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Duration of each measurement (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--limit",
      defaultValue = "50",
      description = "Entries in a page (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Override
  public Integer call() throws Exception {
    require("--threads", threads, 256);
    require("--seconds", seconds, 3600);
    require("--limit", limit, 1000);
    Config config = servers.target().config();
    Secret token =
        config
            .reader()
            .access()
            .token()
            .map(SecretFile::content)
            .orElseThrow(
                () ->
                    new Failure(
                        "Bench: the reader's token is unknown; set reader.token-file in "
                            + config.file()));
    Progress progress = new Progress(spec.commandLine().getOut());
    Bench bench =
        new Bench(config, token, threads, Duration.ofSeconds(seconds), limit, progress::say);
    try {
      bench.run(view, keys);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--key: " + e.getMessage(), e);
    }
    return 0;
  }

  private void require(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), name + " is " + value + "; give 1 to " + most);
    }
  }
}
