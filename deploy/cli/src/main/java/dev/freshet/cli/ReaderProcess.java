package dev.freshet.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The command line of the reader's process. */
public final class ReaderProcess {
  /** The main class. */
  public static final String MAIN = "dev.freshet.reader.ReaderMain";

  /** The options of its JVM. */
  public static final List<String> JVM =
      List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

  private ReaderProcess() {}

  /** Returns the program's arguments for a {@code freshet.yaml}. */
  public static List<String> arguments(Path configuration) {
    return List.of("--config", configuration.toAbsolutePath().toString());
  }

  /**
   * Returns the class path of the reader and its dependencies.
   *
   * @throws Failure if the reader is not built
   */
  public static String classPath(Layout layout) {
    try {
      return layout.readerJar()
          + File.pathSeparator
          + Files.readString(layout.readerClassPath()).strip();
    } catch (IOException e) {
      throw new Failure(
          "Build: " + layout.readerClassPath() + " is missing; run mvn package -DskipTests", e);
    }
  }
}
