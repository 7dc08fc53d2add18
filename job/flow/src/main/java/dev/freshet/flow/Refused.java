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

  public Refused(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  /** One line each. */
  public List<String> problems() {
    return problems;
  }
}
