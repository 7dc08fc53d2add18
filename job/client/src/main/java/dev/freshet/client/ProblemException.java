package dev.freshet.client;

/** A reader said why it does not answer; where that may pass, to the last attempt. */
public final class ProblemException extends FreshetException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.toString(), null);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
