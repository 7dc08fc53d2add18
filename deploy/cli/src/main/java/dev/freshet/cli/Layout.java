package dev.freshet.cli;

import dev.freshet.servers.Home;
import dev.freshet.servers.Installation;
import dev.freshet.servers.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The paths of files and folders.
 *
 * @param root the root of the checkout, or the folder of an unpacked package
 * @param home the folder with the data of all servers; only its owner can read it
 */
public record Layout(Path root, Path home) {
  /** The system property with the root, which the launcher sets. */
  public static final String ROOT = Installation.ROOT;

  private static final String DEFAULT_HOME = ".freshet";

  /** The environment variable with the home folder. */
  private static final String HOME = "FRESHET_HOME";

  public Layout {
    root = root.toAbsolutePath().normalize();
    home = home.toAbsolutePath().normalize();
  }

  /**
   * Finds the installation: the one that the launcher set, otherwise the checkout around the
   * working directory.
   *
   * @param home the home folder; null for the one that the environment names, otherwise {@code
   *     .freshet} in the installation
   * @throws ServerException if there is no installation
   */
  public static Layout find(Path home) {
    Path root = Installation.find().root();
    if (home != null) {
      return new Layout(root, home);
    }
    String named = System.getenv(HOME);
    return new Layout(
        root, named == null || named.isBlank() ? root.resolve(DEFAULT_HOME) : Path.of(named));
  }

  /** Creates the home folder, readable only by its owner. */
  public void create() {
    try {
      Files.createDirectories(home);
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(secrets());
      Files.setPosixFilePermissions(secrets(), PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new Failure(
          "Folder %s cannot be created (%s); check space and rights, or name another with --home or %s"
              .formatted(home, e.getMessage(), HOME),
          e);
    }
  }

  public Path endpoints() {
    return home.resolve("endpoints.env");
  }

  public Path secrets() {
    return home.resolve("secrets");
  }

  public Path supervisorLog() {
    return home.resolve("supervisor.log");
  }

  /** The file with which the supervisor reports to the command that started it. */
  public Path journal() {
    return home.resolve("journal");
  }

  /** The lock file that the supervisor holds while it runs; it contains the process id. */
  public Path lock() {
    return home.resolve("supervisor.lock");
  }

  /** The configuration of the servers that {@code up} started. */
  public Path configuration() {
    return home.resolve("freshet.yaml");
  }

  /** The files that were built. */
  public Installation installation() {
    return new Installation(root);
  }

  /**
   * The folder of the unpacked database servers. All home folders of a checkout share it; that of a
   * package lies in the home folder, because the package may be read-only.
   */
  public Home distributions() {
    return Home.at(installation().isPackage() ? home : root.resolve(DEFAULT_HOME));
  }

  /** The folder of the scripts that create the sample source's tables. */
  public Path sampleTables() {
    return root.resolve("sql/source");
  }

  public Path views() {
    return root.resolve("sql/views");
  }
}
