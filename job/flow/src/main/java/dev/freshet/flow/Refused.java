package dev.freshet.flow;

import java.util.List;

/** The job cannot be right as it is set up: every problem, one line each, with its remedy. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public Refused(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * One problem.
   *
   * @param cause is kept as suppressed: the command line shows the last cause that Flink prints,
   *     and that is to be the problem with its remedy
   */
  public Refused(String problem, Throwable cause) {
    super(problem);
    addSuppressed(cause);
    this.problems = List.of(problem);
  }

  /** One line each. */
  public List<String> problems() {
    return problems;
  }
}
