package dev.freshet.view.declare;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says what to do about events where the rules of expressions, which are those of MySQL's views,
 * advise to change MySQL's table.
 */
final class EventAdvice {
  private static final Pattern PROBLEM = Pattern.compile("(.*?\\(line \\d+\\); )(.*)");

  private EventAdvice() {}

  /** Throws an exception with all problems so far, if there are any. */
  static void throwFound(Refusals refusals) {
    if (!refusals.found().isEmpty()) {
      throw ViewException.ordered(ofEvents(refusals.found()));
    }
  }

  private static List<ViewException.Problem> ofEvents(List<ViewException.Problem> found) {
    return found.stream()
        .map(problem -> new ViewException.Problem(problem.line(), ofEvents(problem.text())))
        .toList();
  }

  private static String ofEvents(String problem) {
    Matcher matcher = PROBLEM.matcher(problem);
    if (!matcher.matches()) {
      return problem;
    }
    String remedy = matcher.group(2);
    if (remedy.contains("STORED generated column")) {
      return matcher.group(1) + "send the value as a field of the event, or compute in the client";
    }
    if (remedy.startsWith("an answer's total counts its entries")) {
      return matcher.group(1) + EventFunctions.ENTRIES;
    }
    return remedy.startsWith("look at SHOW COLUMNS")
        ? matcher.group(1) + "declare it in CREATE TABLE"
        : problem;
  }
}
