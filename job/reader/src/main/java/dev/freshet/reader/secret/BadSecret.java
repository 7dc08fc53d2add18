package dev.freshet.reader.secret;

import java.util.List;

/**
 * Secrets or keys cannot be used. Every problem is one line with subject and remedy, and never
 * contains a part of a secret. There is no cause, because the messages of parsers quote their
 * input.
 */
public final class BadSecret extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public BadSecret(String problem) {
    this(List.of(problem));
  }

  public BadSecret(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
