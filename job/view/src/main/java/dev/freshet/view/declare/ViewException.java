package dev.freshet.view.declare;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A declared view is refused. The message has one line for each problem, in the order of the
 * declaration's lines; each names the view, the construct, its line, and what to write instead.
 */
public final class ViewException extends RuntimeException {
  private static final long serialVersionUID = 2L;

  private final List<Problem> found;

  /**
   * A problem.
   *
   * @param line the line of the declaration, from 1; {@link Integer#MAX_VALUE} if it has none
   * @param text the whole line of the message
   */
  record Problem(int line, String text) implements Serializable {}

  ViewException(List<Problem> found) {
    super(found.stream().map(Problem::text).collect(Collectors.joining("\n")));
    this.found = List.copyOf(found);
  }

  /** An exception with the problems in the order of their lines, each once. */
  static ViewException ordered(List<Problem> found) {
    return new ViewException(
        found.stream().distinct().sorted(Comparator.comparingInt(Problem::line)).toList());
  }

  /** The problems, one line each. */
  public List<String> problems() {
    return found.stream().map(Problem::text).toList();
  }

  List<Problem> found() {
    return found;
  }
}
