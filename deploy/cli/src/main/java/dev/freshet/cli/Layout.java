package dev.freshet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where things are.
 *
 * @param root of the checkout
 * @param home the folder of everything that runs, {@code .freshet} of the checkout unless an option
 *     says otherwise; nobody but its owner may look into it
 */
public record Layout(Path root, Path home) {
  /** Names the checkout; the launcher sets it. */
  public static final String ROOT = "freshet.root";

  public Layout {
    root = root.toAbsolutePath().normalize();
    home = home.toAbsolutePath().normalize();
  }

  /**
   * The checkout that the launcher named, else the one around the working directory.
   *
   * @param home null for the usual place
   * @throws Failure when there is none
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
        start + " is in no checkout of Freshet; change into one, or start ./deploy/freshet");
  }

  /** Makes the home folder, for its owner only. */
  public void create() {
    try {
      Files.createDirectories(home);
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(secrets());
      Files.setPosixFilePermissions(secrets(), PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new Failure(
          "Folder " + home + " cannot be made (" + e.getMessage() + "); check space and rights", e);
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

  /** What the supervisor tells the command that started it. */
  public Path journal() {
    return home.resolve("journal");
  }

  /** Held by the supervisor as long as it lives; its content is the process's number. */
  public Path lock() {
    return home.resolve("supervisor.lock");
  }

  /** What up started, as a configuration. */
  public Path configuration() {
    return home.resolve("freshet.yaml");
  }

  public Path jobJar() {
    return root.resolve("job/flow/target/freshet-job.jar");
  }

  /** The reader's classes. */
  public Path readerJar() {
    return root.resolve("job/reader/target/freshet-reader-0.1.0-SNAPSHOT.jar");
  }

  /** The file that names what the reader's classes need. */
  public Path readerClassPath() {
    return root.resolve("job/reader/target/reader.classpath");
  }

  /** The folder of the files that make the sample source's tables. */
  public Path sampleTables() {
    return root.resolve("sql/source");
  }

  public Path views() {
    return root.resolve("sql/views");
  }
}
