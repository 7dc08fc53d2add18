package dev.freshet.config;

import java.util.List;

/** The configuration cannot be used. Has every problem, in one line each with its remedy. */
public final class BadConfig extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  BadConfig(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Returns the problems, one line each. */
  public List<String> problems() {
    return problems;
  }
}
