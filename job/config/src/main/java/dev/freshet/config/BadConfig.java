package dev.freshet.config;

import java.util.List;

/** A configuration that cannot be used: every problem, one line each with its remedy. */
public final class BadConfig extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  BadConfig(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line each. */
  public List<String> problems() {
    return problems;
  }
}
