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

/** Measures answers. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    header = "Measure answers of the reader beside the same questions to MySQL.",
    description = {
      "%nThreads ask for first pages as fast as they are answered: the reader first, then MySQL by the",
      "view's own query. MySQL has that load for --seconds; do not point it at one that others need.%n"
    })
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "VIEW", description = "Its name.")
  private String view;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "This key, as in a reader's URL, such as 42/7; each that is given is measured alone"
              + " (default: 200 keys of the store by turns).")
  private List<String> keys = List.of();

  @Option(
      names = "--threads",
      defaultValue = "8",
      description = "How many ask at once (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "For how long each is measured (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--limit",
      defaultValue = "50",
      description = "Entries of a page (default: ${DEFAULT-VALUE}).")
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
                        "Bench: the reader's token is not known; set reader.token-file in "
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
