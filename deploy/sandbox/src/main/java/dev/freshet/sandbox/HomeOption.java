package dev.freshet.sandbox;

import dev.freshet.cli.Layout;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where everything that runs lives. */
final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description = "Folder of everything that runs (default: .freshet in the checkout).")
  private Path home;

  Layout layout() {
    return Layout.find(home);
  }
}
