package dev.freshet.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A Java program to execute with this JVM's own Java.
 *
 * @param classPath as {@code -cp} takes it
 * @param mainClass its name
 * @param options of the JVM; name a heap ({@code -Xmx}) among them
 * @param arguments of the program; no secrets
 * @param environment added to this process's own; the place for secrets that are no files
 */
public record JavaCommand(
    String classPath,
    String mainClass,
    List<String> options,
    List<String> arguments,
    Map<String, String> environment) {
  public JavaCommand {
    Objects.requireNonNull(classPath);
    Objects.requireNonNull(mainClass);
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (options.stream().noneMatch(option -> option.startsWith("-Xmx"))) {
      throw new IllegalArgumentException(mainClass + ": name its heap with -Xmx");
    }
  }

  /** The command of a server that works in a folder and writes to a log there. */
  ServerCommand of(String name, Path directory, Path log) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return new ServerCommand(name, command, environment, directory, log);
  }

  @Override
  public String toString() {
    return "JavaCommand[" + mainClass + "]";
  }
}
