package dev.freshet.cli;

import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The servers that a command uses.
 *
 * @param layout the paths of files and folders
 * @param config the configuration of the servers
 * @param embedded whether {@code up} started them
 */
public record Target(Layout layout, Config config, boolean embedded) {
  private static final Path HERE = Path.of("freshet.yaml");

  /**
   * Returns the servers of the given file; otherwise those of {@code ./freshet.yaml}, if it exists
   * and no home folder is given; otherwise those that {@code up} started.
   *
   * @throws Failure if there are none
   */
  static Target find(Optional<Path> file, Optional<Path> home) {
    Layout layout = Layout.find(home.orElse(null));
    return own(file, home)
        .map(path -> new Target(layout, ConfigReader.read(path, System.getenv()), false))
        .orElseGet(() -> started(layout));
  }

  /**
   * Returns the configuration file of the user's own servers; empty if those that {@code up}
   * started are used.
   */
  static Optional<Path> own(Optional<Path> file, Optional<Path> home) {
    return file.or(
        () -> home.isEmpty() && Files.exists(HERE) ? Optional.of(HERE) : Optional.empty());
  }

  private static Target started(Layout layout) {
    if (Instance.running(layout).isEmpty() || !Files.exists(layout.configuration())) {
      throw new Failure(
          "Nothing runs in %s, and no configuration is given; start with ./deploy/freshet up, or give your servers with --config freshet.yaml"
              .formatted(layout.home()));
    }
    // The environment must not override the configuration of the servers that up started.
    return new Target(layout, ConfigReader.read(layout.configuration(), Map.of()), true);
  }

  /** Returns a description for the user. */
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
