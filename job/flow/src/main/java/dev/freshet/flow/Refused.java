package dev.freshet.flow;

import java.util.List;

/**
 * The job's configuration or views cannot be used. Has every problem, in one line each with its
 * remedy.
 */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  /** Creates an exception for several problems. */
  public Refused(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * Creates an exception for one problem.
   *
   * @param cause added as suppressed exception and not as cause: the command line shows the last
   *     cause that Flink prints, which must be the problem with its remedy
   */
  public Refused(String problem, Throwable cause) {
    super(problem);
    addSuppressed(cause);
    this.problems = List.of(problem);
  }

  /** Returns the problems, one line each. */
  public List<String> problems() {
    return problems;
  }
}
