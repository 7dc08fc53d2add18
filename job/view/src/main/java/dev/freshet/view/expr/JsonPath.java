package dev.freshet.view.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path into JSON documents, of names of members and positions in arrays, such as {@code $.a."b
 * c"[0]}. It finds at most one value in a document's text, which is as MySQL writes it.
 */
public final class JsonPath {
  private static final String MEMBER = "\\.(?:([A-Za-z_$][\\w$]*)|\"([^\"\\\\]*)\")";
  private static final String POSITION = "\\[(\\d{1,9})]";
  private static final Pattern STEP = Pattern.compile(MEMBER + "|" + POSITION);
  private static final Pattern PATH = Pattern.compile("\\$(?:" + STEP.pattern() + ")*");

  /** What follows a backslash in a text. */
  private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9a-f]{4}|.)");

  private static final int NOWHERE = -1;

  private final List<Step> steps;

  /** Finds a value in the value that begins at an index; {@link #NOWHERE} if there is none. */
  private interface Step {
    int find(String json, int at);
  }

  private JsonPath(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  /** Reads a path; empty if it has other steps. */
  public static Optional<JsonPath> of(String path) {
    if (!PATH.matcher(path).matches()) {
      return Optional.empty();
    }
    List<Step> steps = new ArrayList<>();
    for (Matcher step = STEP.matcher(path); step.find(); ) {
      String name = step.group(1) != null ? step.group(1) : step.group(2);
      if (name != null) {
        steps.add((json, at) -> member(json, at, name));
      } else {
        int position = Integer.parseInt(step.group(3));
        steps.add((json, at) -> element(json, at, position));
      }
    }
    return Optional.of(new JsonPath(steps));
  }

  /**
   * Returns what MySQL's {@code document->>path} is: the value's text, without quotes around it and
   * without escapes if it is a text; null if there is no value.
   */
  public String text(String document) {
    int at = 0;
    for (Step step : steps) {
      at = step.find(document, at);
      if (at == NOWHERE) {
        return null;
      }
    }
    String value = document.substring(at, end(document, at));
    return value.startsWith("\"") ? unquoted(value) : value;
  }

  private static int member(String json, int at, String name) {
    if (json.charAt(at) != '{') {
      return NOWHERE;
    }
    int next = at + 1;
    while (json.charAt(next) != '}') {
      int end = end(json, next);
      int value = next(json, end);
      if (unquoted(json.substring(next, end)).equals(name)) {
        return value;
      }
      next = next(json, end(json, value));
    }
    return NOWHERE;
  }

  /** MySQL takes a value that is no array for an array of this value. */
  private static int element(String json, int at, int position) {
    if (json.charAt(at) != '[') {
      return position == 0 ? at : NOWHERE;
    }
    int next = at + 1;
    for (int i = 0; json.charAt(next) != ']'; i++) {
      if (i == position) {
        return next;
      }
      next = next(json, end(json, next));
    }
    return NOWHERE;
  }

  /** The index behind the value that begins at an index. */
  private static int end(String json, int at) {
    int depth = 0;
    boolean quoted = false;
    int i = at;
    do {
      char c = json.charAt(i++);
      if (quoted) {
        quoted = c != '"';
        i += c == '\\' ? 1 : 0;
      } else {
        quoted = c == '"';
        depth += "{[".indexOf(c) >= 0 ? 1 : "}]".indexOf(c) >= 0 ? -1 : 0;
      }
    } while (quoted || depth > 0 || (i < json.length() && ",:]} ".indexOf(json.charAt(i)) < 0));
    return i;
  }

  /** The index of what follows a value and its comma or colon. */
  private static int next(String json, int end) {
    int next = end;
    while (",: ".indexOf(json.charAt(next)) >= 0) {
      next++;
    }
    return next;
  }

  private static String unquoted(String quoted) {
    return ESCAPE
        .matcher(quoted.substring(1, quoted.length() - 1))
        .replaceAll(escape -> Matcher.quoteReplacement(character(escape.group(1))));
  }

  private static String character(String escaped) {
    char code =
        escaped.length() > 1
            ? (char) Integer.parseInt(escaped.substring(1), 16)
            : escaped.charAt(0);
    int control = escaped.length() > 1 ? -1 : "bfnrt".indexOf(code);
    return String.valueOf(control < 0 ? code : "\b\f\n\r\t".charAt(control));
  }
}
