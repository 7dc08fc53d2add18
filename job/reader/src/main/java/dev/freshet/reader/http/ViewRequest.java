package dev.freshet.reader.http;

import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.WritePosition;
import dev.freshet.reader.form.Cursor;
import dev.freshet.reader.form.KeyPath;
import dev.freshet.reader.form.PercentCoding;
import dev.freshet.reader.form.QueryString;
import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.TextForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Parses the path and the parameters of requests. */
final class ViewRequest {
  static final int DEFAULT_LIMIT = 50;
  static final int LARGEST_LIMIT = 1000;

  /** The value of {@code count} for totals beyond {@link Question#TOTAL_CAP}. */
  static final String EXACT = "exact";

  private static final String LIMIT = "limit";
  private static final String CURSOR = "cursor";
  private static final String COUNT = "count";
  private static final String AFTER = "after";
  private static final String WAIT = "wait";
  private static final int DEFAULT_WAIT_MS = 250;
  private static final int LONGEST_WAIT_MS = 10_000;
  private static final List<String> PARAMETERS = List.of(LIMIT, CURSOR, COUNT, AFTER, WAIT);
  private static final List<String> OF_A_STREAM = List.of(LIMIT);
  private static final List<String> OF_MYSQL = List.of(LIMIT, CURSOR, COUNT);

  private ViewRequest() {}

  /**
   * Parses a request for an answer.
   *
   * @param keyParts the decoded path segments after the view's name
   * @param query the raw query string, or null
   * @throws Problem.Refused if a part is malformed
   */
  static Question parse(ServedView view, List<String> keyParts, String query) {
    return parse(view, keyParts, query, PARAMETERS);
  }

  /**
   * Parses a request for MySQL's own answer, which contains every write.
   *
   * @param keyParts the decoded path segments of the key
   * @param query the raw query string, or null
   * @throws Problem.Refused if a part is malformed
   */
  static Question ofMysql(ServedView view, List<String> keyParts, String query) {
    return parse(view, keyParts, query, OF_MYSQL);
  }

  private static Question parse(
      ServedView view, List<String> keyParts, String query, List<String> known) {
    Object[] key = key(view, keyParts);
    Map<String, List<String>> parameters = parameters(view.plan(), query, known);
    List<Optional<Object>> bounds = bounds(view.plan(), parameters);
    int limit = number(parameters, LIMIT, 1, LARGEST_LIMIT, DEFAULT_LIMIT);
    Optional<List<Object>> after = Optional.empty();
    if (parameters.containsKey(CURSOR)) {
      try {
        after =
            Optional.of(
                Arrays.asList(Cursor.read(view.plan(), key, bounds, single(parameters, CURSOR))));
      } catch (BadForm e) {
        throw new Problem(Problem.Kind.BAD_CURSOR, e.getMessage()).refused();
      }
    }
    return new Question(
        view,
        List.of(key),
        bounds,
        limit,
        after,
        isExact(parameters),
        written(view.plan(), parameters),
        Duration.ofMillis(wait(parameters)));
  }

  /**
   * Parses a request for an event stream, which always follows the first page.
   *
   * @param keyParts the decoded path segments of the key
   * @param query the raw query string, or null
   * @throws Problem.Refused if a part is malformed
   */
  static Question watched(ServedView view, List<String> keyParts, String query) {
    Object[] key = key(view, keyParts);
    Map<String, List<String>> parameters = parameters(view.plan(), query, OF_A_STREAM);
    int limit = number(parameters, LIMIT, 1, LARGEST_LIMIT, DEFAULT_LIMIT);
    return new Question(
        view,
        List.of(key),
        bounds(view.plan(), parameters),
        limit,
        Optional.empty(),
        false,
        Optional.empty(),
        Duration.ZERO);
  }

  /**
   * Parses the key of a request that has no parameters.
   *
   * @param keyParts the decoded path segments of the key
   * @param query the raw query string, or null
   * @throws Problem.Refused if a part is malformed or there is a parameter
   */
  static Object[] key(ServedView view, List<String> keyParts, String query) {
    Object[] key = key(view, keyParts);
    try {
      for (String name : QueryString.parse(query).keySet()) {
        throw badParameter(
            "parameter '%s' is not known; this request has no parameters".formatted(name));
      }
    } catch (BadForm e) {
      throw badParameter(e.getMessage());
    }
    return key;
  }

  private static Object[] key(ServedView view, List<String> keyParts) {
    try {
      return KeyPath.parse(view.plan(), keyParts);
    } catch (BadForm e) {
      throw new Problem(Problem.Kind.BAD_KEY, e.getMessage()).refused();
    }
  }

  /** Returns the values of the bounds that a view declares. */
  private static List<Optional<Object>> bounds(
      ViewPlan plan, Map<String, List<String>> parameters) {
    List<Optional<Object>> bounds = new ArrayList<>();
    for (ViewPlan.Bound bound : plan.bounds()) {
      String name = bound.end().parameter();
      bounds.add(
          parameters.containsKey(name)
              ? Optional.of(bound(plan, bound, single(parameters, name)))
              : Optional.empty());
    }
    return bounds;
  }

  /**
   * Parses the value of a bound.
   *
   * @throws Problem.Refused if the text is no value of the bounded column
   */
  static Object bound(ViewPlan plan, ViewPlan.Bound bound, String text) {
    Column column = plan.outputs().get(bound.output()).column();
    try {
      return TextForm.parse(column, text);
    } catch (BadForm e) {
      throw badParameter(
          "parameter %s, a bound of %s: '%s' is %s"
              .formatted(
                  bound.end().parameter(),
                  column.name(),
                  PercentCoding.shorten(text),
                  e.getMessage()));
    }
  }

  private static Map<String, List<String>> parameters(
      ViewPlan plan, String query, List<String> ofAllViews) {
    Set<String> known = new TreeSet<>(ofAllViews);
    plan.bounds().forEach(bound -> known.add(bound.end().parameter()));
    Map<String, List<String>> parameters;
    try {
      parameters = QueryString.parse(query);
    } catch (BadForm e) {
      throw badParameter(e.getMessage());
    }
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        throw badParameter(
            "parameter '%s' is not known; known %s %s%s"
                .formatted(
                    name,
                    known.size() == 1 ? "is" : "are",
                    String.join(", ", known).replaceFirst(", (\\w+)$", " and $1"),
                    Suggestion.suffix(name, known)));
      }
    }
    return parameters;
  }

  private static Optional<WritePosition> written(
      ViewPlan plan, Map<String, List<String>> parameters) {
    if (!parameters.containsKey(AFTER)) {
      return Optional.empty();
    }
    try {
      return Optional.of(WritePosition.parse(single(parameters, AFTER), plan));
    } catch (BadForm e) {
      throw badParameter("parameter after: " + e.getMessage());
    }
  }

  private static boolean isExact(Map<String, List<String>> parameters) {
    if (!parameters.containsKey(COUNT)) {
      return false;
    }
    String count = single(parameters, COUNT);
    if (!count.equals(EXACT)) {
      throw badParameter(
          "parameter count is '%s'; give %s, or leave it out to count up to %d"
              .formatted(PercentCoding.shorten(count), EXACT, Question.TOTAL_CAP));
    }
    return true;
  }

  private static int wait(Map<String, List<String>> parameters) {
    if (parameters.containsKey(WAIT) && !parameters.containsKey(AFTER)) {
      throw badParameter("parameter wait requires parameter after, which is missing");
    }
    return number(parameters, WAIT, 0, LONGEST_WAIT_MS, DEFAULT_WAIT_MS);
  }

  private static int number(
      Map<String, List<String>> parameters, String name, int least, int most, int otherwise) {
    if (!parameters.containsKey(name)) {
      return otherwise;
    }
    String text = single(parameters, name);
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number outside the range.
    }
    throw badParameter(
        "parameter %s is '%s'; give a whole number from %d to %d"
            .formatted(name, text, least, most));
  }

  private static String single(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.get(name);
    if (values.size() != 1) {
      throw badParameter(
          "parameter %s is given %d times; give it once".formatted(name, values.size()));
    }
    return values.get(0);
  }

  private static Problem.Refused badParameter(String detail) {
    return new Problem(Problem.Kind.BAD_PARAMETER, detail).refused();
  }
}
