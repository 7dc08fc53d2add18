package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The folder under which everything lives that is made at run time: unpacked distributions, data,
 * logs. {@code .freshet} in the checkout unless the system property {@value #PROPERTY} names
 * another one.
 */
public final class Home {
  /** Names the folder to use instead of the checkout's {@code .freshet}. */
  public static final String PROPERTY = "freshet.home";

  private final Path directory;

  private Home(Path directory) {
    this.directory = directory;
  }

  /**
   * The folder that the system property names, else {@code .freshet} in the nearest folder upwards
   * from the working directory that holds {@code .mvn}.
   *
   * @throws ServerException when the working directory is in no checkout
   */
  public static Home find() {
    String named = System.getProperty(PROPERTY);
    if (named != null && !named.isBlank()) {
      return at(Path.of(named));
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve(".mvn"))) {
        return at(folder.resolve(".freshet"));
      }
    }
    throw new ServerException(
        start
            + " is in no checkout of Freshet; change into one or set -D"
            + PROPERTY
            + "=<folder>");
  }

  public static Home at(Path directory) {
    return new Home(Objects.requireNonNull(directory).toAbsolutePath().normalize());
  }

  /** The folder; it exists after this call. */
  public Path directory() {
    return created(directory);
  }

  /** Where distributions are unpacked, shared by all that runs from this checkout. */
  public Path distributions() {
    return created(directory.resolve("dist"));
  }

  private static Path created(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ServerException(
          "Folder " + folder + " cannot be made (" + e + "); make its parent writable", e);
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
