package dev.freshet.client;

/** The reader answered a call with a problem; after retries, that of the last attempt. */
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
