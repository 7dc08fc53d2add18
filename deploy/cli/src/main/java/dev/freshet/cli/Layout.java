package dev.freshet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The paths of files and folders.
 *
 * @param root the root of the checkout
 * @param home the folder with the data of all servers, {@code .freshet} in the checkout by default;
 *     only its owner can read it
 */
public record Layout(Path root, Path home) {
  /** The system property with the root of the checkout, which the launcher sets. */
  public static final String ROOT = "freshet.root";

  public Layout {
    root = root.toAbsolutePath().normalize();
    home = home.toAbsolutePath().normalize();
  }

  /**
   * Finds the checkout: the one that the launcher set, otherwise the one around the working
   * directory.
   *
   * @param home the home folder; null for the default
   * @throws Failure if there is no checkout
   */
  public static Layout find(Path home) {
    Path root = checkout();
    return new Layout(root, home == null ? root.resolve(".freshet") : home);
  }

  private static Path checkout() {
    String named = System.getProperty(ROOT);
    if (named != null) {
      return Path.of(named);
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve(".mvn"))) {
        return folder;
      }
    }
    throw new Failure(
        start + " is not in a checkout of Freshet; change into one, or use ./deploy/freshet");
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
          "Folder " + home + " cannot be created (" + e.getMessage() + "); check space and rights",
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

  public Path jobJar() {
    return root.resolve("job/flow/target/freshet-job.jar");
  }

  /** The jar of the reader. */
  public Path readerJar() {
    return root.resolve("job/reader/target/freshet-reader-0.1.0-SNAPSHOT.jar");
  }

  /** The file with the class path of the reader's dependencies. */
  public Path readerClassPath() {
    return root.resolve("job/reader/target/reader.classpath");
  }

  /** The folder of the scripts that create the sample source's tables. */
  public Path sampleTables() {
    return root.resolve("sql/source");
  }

  public Path views() {
    return root.resolve("sql/views");
  }
}
