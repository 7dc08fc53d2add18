package dev.freshet.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which servers a command talks to. */
public final class TargetOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Your own servers (default: ./freshet.yaml if it is there, else what up started).")
  private Path config;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Folder of what up started (default: .freshet in the checkout).")
  private Path home;

  public Target target() {
    return Target.find(Optional.ofNullable(config), Optional.ofNullable(home));
  }

  /** The file that names the user's own servers; empty when those that {@code up} started count. */
  Optional<Path> own() {
    return Target.own(Optional.ofNullable(config), Optional.ofNullable(home));
  }

  /** Where everything is that runs here. */
  Layout layout() {
    return Layout.find(home);
  }

  /** Whether own servers are meant, whatever runs. */
  boolean isConfigured() {
    return config != null;
  }
}
