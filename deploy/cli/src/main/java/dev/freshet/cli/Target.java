package dev.freshet.cli;

import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The servers that a command talks to.
 *
 * @param embedded whether {@code up} started them
 */
public record Target(Layout layout, Config config, boolean embedded) {
  private static final Path HERE = Path.of("freshet.yaml");

  /**
   * Those of the named file; else of {@code ./freshet.yaml} where it is, unless a home folder is
   * named; else those that {@code up} started.
   *
   * @throws Failure when there are none
   */
  static Target find(Optional<Path> file, Optional<Path> home) {
    Layout layout = Layout.find(home.orElse(null));
    return own(file, home)
        .map(path -> new Target(layout, ConfigReader.read(path, System.getenv()), false))
        .orElseGet(() -> started(layout));
  }

  /** The file that names the user's own servers; empty when those that {@code up} started count. */
  static Optional<Path> own(Optional<Path> file, Optional<Path> home) {
    return file.or(
        () -> home.isEmpty() && Files.exists(HERE) ? Optional.of(HERE) : Optional.empty());
  }

  private static Target started(Layout layout) {
    if (Instance.running(layout).isEmpty() || !Files.exists(layout.configuration())) {
      throw new Failure(
          "Nothing runs in %s, and no configuration is named; start with ./deploy/freshet up, or name your servers by --config freshet.yaml"
              .formatted(layout.home()));
    }
    // What up started is not for the environment to move.
    return new Target(layout, ConfigReader.read(layout.configuration(), Map.of()), true);
  }

  /** In a few words. */
  String describe() {
    return (embedded ? "servers of " + layout.home() : config.file().toString())
        + ": Flink "
        + config.flink().url()
        + ", MySQL "
        + config.source()
        + ", Postgres "
        + config.store();
  }
}
