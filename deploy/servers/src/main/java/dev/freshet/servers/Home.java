package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The folder for all files that are created at run time: unpacked distributions, data, logs. It is
 * {@code .freshet} in the checkout unless the system property {@value #PROPERTY} names another
 * folder.
 */
public final class Home {
  /** The system property that names a folder to use instead of the checkout's {@code .freshet}. */
  public static final String PROPERTY = "freshet.home";

  private final Path directory;

  private Home(Path directory) {
    this.directory = directory;
  }

  /**
   * The folder that the system property names, otherwise {@code .freshet} in the {@link
   * Installation}.
   *
   * @throws ServerException if there is no installation
   */
  public static Home find() {
    String named = System.getProperty(PROPERTY);
    if (named != null && !named.isBlank()) {
      return at(Path.of(named));
    }
    return at(Installation.find().root().resolve(".freshet"));
  }

  public static Home at(Path directory) {
    return new Home(Objects.requireNonNull(directory).toAbsolutePath().normalize());
  }

  /** Returns the folder, and creates it if it does not exist. */
  public Path directory() {
    return created(directory);
  }

  /** The folder of the unpacked distributions, which all processes of this checkout share. */
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
