package dev.freshet.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A Java program that runs with the Java of this JVM.
 *
 * @param classPath the class path in the form of {@code -cp}
 * @param mainClass the name of the main class
 * @param options the JVM's options; must set the heap ({@code -Xmx})
 * @param arguments the program's arguments; no secrets, because all users of the machine can read
 *     them
 * @param environment variables that are added to this process's environment; no secrets, which
 *     belong into files
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

  /** The command of a server with a working directory and a log. */
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
