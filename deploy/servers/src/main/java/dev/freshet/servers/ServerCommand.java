package dev.freshet.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of a server's process.
 *
 * @param name the server's name in messages
 * @param arguments program and arguments; no secrets, because all users of the machine can read
 *     them
 * @param environment variables that are added to this process's own, without its variables {@code
 *     FRESHET_…}
 * @param directory the working directory
 * @param log the file to which standard output and standard error are appended
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

  /** The same command with variables added to the environment. */
  public ServerCommand with(Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(variables);
    return new ServerCommand(name, arguments, all, directory, log);
  }

  /** The same command, executed by another program, whose command line is {@code prefix}. */
  ServerCommand prefixedBy(List<String> prefix) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(arguments);
    return new ServerCommand(name, all, environment, directory, log);
  }
}
