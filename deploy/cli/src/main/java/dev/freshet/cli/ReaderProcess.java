package dev.freshet.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command line of the reader's process. */
public final class ReaderProcess {
  /** The name of the reader's main class. */
  public static final String MAIN = "dev.freshet.reader.ReaderMain";

  /** The variable with more options of its JVM, such as {@code -Xmx1g}, between spaces. */
  static final String OPTIONS = "READER_OPTS";

  private static final List<String> DEFAULTS =
      List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

  private ReaderProcess() {}

  /** Returns the options of its JVM: Freshet's own, then those of the environment, which win. */
  public static List<String> jvm(Map<String, String> environment) {
    String more = environment.getOrDefault(OPTIONS, "").strip();
    List<String> options = new ArrayList<>(DEFAULTS);
    options.addAll(more.isEmpty() ? List.of() : List.of(more.split("\\s+")));
    return options;
  }

  /** Returns the program's arguments for a {@code freshet.yaml}. */
  public static List<String> arguments(Path configuration) {
    return List.of("--config", configuration.toAbsolutePath().toString());
  }
}
