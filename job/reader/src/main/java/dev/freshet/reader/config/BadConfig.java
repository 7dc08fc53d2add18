package dev.freshet.reader.config;

import java.util.List;

/** The configuration cannot be used; every problem is one line with subject, value and remedy. */
public final class BadConfig extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  BadConfig(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
