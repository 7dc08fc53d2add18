package dev.freshet.reader.http;

import dev.freshet.reader.Suggestion;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.form.Cursor;
import dev.freshet.reader.form.KeyPath;
import dev.freshet.reader.form.QueryString;
import dev.freshet.view.form.BadForm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a request says after its path and parameters were understood, or why they were not. */
final class ViewRequest {
  private static final int DEFAULT_LIMIT = 50;
  private static final int LARGEST_LIMIT = 1000;
  private static final String LIMIT = "limit";
  private static final String CURSOR = "cursor";
  private static final Set<String> PARAMETERS = new TreeSet<>(Set.of(LIMIT, CURSOR));

  private ViewRequest() {}

  /**
   * The question a request asks.
   *
   * @param keyParts decoded path segments behind the view's name
   * @param query the raw query string, or null
   * @throws Problem.Refused when a part is wrong
   */
  static Question parse(ServedView view, List<String> keyParts, String query) {
    Object[] key = key(view, keyParts);
    Map<String, List<String>> parameters = parameters(query);
    int limit = limit(parameters);
    Optional<List<Object>> after = Optional.empty();
    if (parameters.containsKey(CURSOR)) {
      try {
        after = Optional.of(List.of(Cursor.read(view.plan(), key, single(parameters, CURSOR))));
      } catch (BadForm e) {
        throw new Problem(Problem.Kind.BAD_CURSOR, e.getMessage()).refused();
      }
    }
    return new Question(view, List.of(key), limit, after);
  }

  /**
   * The key that a request without parameters names.
   *
   * @param keyParts decoded
   * @param query the raw query string, or null
   * @throws Problem.Refused when a part is wrong
   */
  static Object[] key(ServedView view, List<String> keyParts, String query) {
    Object[] key = key(view, keyParts);
    try {
      for (String name : QueryString.parse(query).keySet()) {
        throw badParameter("parameter '%s' is not known; none is".formatted(name));
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

  private static Map<String, List<String>> parameters(String query) {
    Map<String, List<String>> parameters;
    try {
      parameters = QueryString.parse(query);
    } catch (BadForm e) {
      throw badParameter(e.getMessage());
    }
    for (String name : parameters.keySet()) {
      if (!PARAMETERS.contains(name)) {
        throw badParameter(
            "parameter '%s' is not known; known are %s%s"
                .formatted(
                    name, String.join(" and ", PARAMETERS), Suggestion.of(name, PARAMETERS)));
      }
    }
    return parameters;
  }

  private static int limit(Map<String, List<String>> parameters) {
    if (!parameters.containsKey(LIMIT)) {
      return DEFAULT_LIMIT;
    }
    String text = single(parameters, LIMIT);
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= LARGEST_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Reported like a number outside the range.
    }
    throw badParameter(
        "parameter limit is '%s'; give a whole number from 1 to %d".formatted(text, LARGEST_LIMIT));
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
