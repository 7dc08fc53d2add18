package dev.freshet.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is executed for a server.
 *
 * @param name of the server, as messages say it
 * @param arguments program and arguments; no secrets, anybody on the machine can read them
 * @param environment added to this process's own, of which variables {@code FRESHET_…} are left out
 * @param directory the working directory
 * @param log takes standard output and standard error, appended
 */
public record ServerCommand(
    String name,
    List<String> arguments,
    Map<String, String> environment,
    Path directory,
    Path log) {
  public ServerCommand {
    if (name.isBlank() || arguments.isEmpty()) {
      throw new IllegalArgumentException("a command needs a name and a program");
    }
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  public ServerCommand(String name, List<String> arguments, Path directory, Path log) {
    this(name, arguments, Map.of(), directory, log);
  }

  /** The same with variables added to the environment. */
  public ServerCommand with(Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(variables);
    return new ServerCommand(name, arguments, all, directory, log);
  }

  /** The same behind another program that executes it. */
  ServerCommand behind(List<String> prefix) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(arguments);
    return new ServerCommand(name, all, environment, directory, log);
  }
}
