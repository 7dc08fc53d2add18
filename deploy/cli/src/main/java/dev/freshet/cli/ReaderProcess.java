package dev.freshet.cli;

import java.nio.file.Path;
import java.util.List;

/** The command line of the reader's process. */
public final class ReaderProcess {
  /** The name of the reader's main class. */
  public static final String MAIN = "dev.freshet.reader.ReaderMain";

  /** The options of its JVM. */
  public static final List<String> JVM =
      List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

  private ReaderProcess() {}

  /** Returns the program's arguments for a {@code freshet.yaml}. */
  public static List<String> arguments(Path configuration) {
    return List.of("--config", configuration.toAbsolutePath().toString());
  }
}
