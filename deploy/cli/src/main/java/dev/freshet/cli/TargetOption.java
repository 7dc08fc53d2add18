package dev.freshet.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that select the servers of a command. */
public final class TargetOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration of your own servers (default: ./freshet.yaml if it exists, otherwise the"
              + " servers that 'freshet up' started).")
  private Path config;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description =
          "Folder of the servers that 'freshet up' started (default: FRESHET_HOME, or .freshet in the checkout).")
  private Path home;

  public Target target() {
    return Target.find(Optional.ofNullable(config), Optional.ofNullable(home));
  }

  /**
   * Returns the configuration file of the user's own servers; empty if those that {@code up}
   * started are used.
   */
  Optional<Path> own() {
    return Target.own(Optional.ofNullable(config), Optional.ofNullable(home));
  }

  /** Returns the paths of the servers that {@code up} started. */
  Layout layout() {
    return Layout.find(home);
  }

  /** Whether {@code --config} was given. */
  boolean isConfigured() {
    return config != null;
  }
}
