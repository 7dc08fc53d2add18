package dev.freshet.cli;

import dev.freshet.config.BadConfig;
import java.util.List;

/**
 * A command cannot do its work. The message is the one line that the person at the terminal reads:
 * subject, value, remedy.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Failure(String message) {
    super(message);
  }

  public Failure(String message, Throwable cause) {
    super(message, cause);
  }

  /** One line for each problem. */
  static List<String> lines(Throwable problem) {
    if (problem instanceof BadConfig config) {
      return config.problems();
    }
    return problem instanceof Failure && problem.getMessage() != null
        ? problem.getMessage().lines().toList()
        : List.of(line(problem));
  }

  /** The first line of what went wrong, for any exception. */
  public static String line(Throwable problem) {
    String message = problem.getMessage();
    if (message == null || message.isBlank()) {
      return problem.toString();
    }
    return message.lines().findFirst().orElse(message).strip();
  }
}
