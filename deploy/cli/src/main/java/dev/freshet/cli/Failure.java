package dev.freshet.cli;

import dev.freshet.config.BadConfig;
import java.util.List;

/**
 * A command failed. The message is for the user: one line for each problem, with subject, value and
 * remedy.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Failure(String message) {
    super(message);
  }

  public Failure(String message, Throwable cause) {
    super(message, cause);
  }

  /** Throws a failure with a line for each problem, if there is any. */
  public static void ifAny(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new Failure(String.join("\n", problems));
    }
  }

  /** Returns one line for each problem. */
  public static List<String> lines(Throwable problem) {
    if (problem instanceof BadConfig config) {
      return config.problems();
    }
    return problem instanceof Failure && problem.getMessage() != null
        ? problem.getMessage().lines().toList()
        : List.of(line(problem));
  }

  /** Returns the first line of an exception's message; its {@code toString()} if it has none. */
  public static String line(Throwable problem) {
    String message = problem.getMessage();
    if (message == null || message.isBlank()) {
      return problem.toString();
    }
    return message.lines().findFirst().orElse(message).strip();
  }
}
