package dev.freshet.sandbox;

import dev.freshet.cli.Layout;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --home}: the folder with the data of all servers. */
final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "DIR",
      description =
          "Folder with the data of all servers (default: FRESHET_HOME, or .freshet in the checkout).")
  private Path home;

  Layout layout() {
    return Layout.find(home);
  }
}
