package dev.freshet.cli.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement of a SQL script, which is read as MySQL's command line client reads it: statements
 * end with a delimiter, {@code ;} until DELIMITER names another. What stands in a comment that
 * MySQL executes, as dumps have them, is part of a statement; other comments are not looked at.
 *
 * @param line the line of the script on which it begins, from 1
 * @param text the statement without its delimiter
 * @param code the text with spaces instead of comments, and with a control character instead of
 *     each character in quotes and of each other than a letter or digit in back-ticks
 */
record ScriptStatement(int line, String text, String code) {
  private static final Pattern DELIMITER =
      Pattern.compile("DELIMITER[ \\t]+(\\S+)[^\\n]*", Pattern.CASE_INSENSITIVE);

  private static final String NAME = "`?([^`\\s(;]+)`?";

  /** A statement about code that MySQL keeps, with its kind and name. */
  private static final Pattern ROUTINE =
      Pattern.compile(
          "\\s*(?:CREATE\\s+(?:OR\\s+REPLACE\\s+)?(?:DEFINER\\s*=\\s*\\S+(?:\\s*@\\s*\\S+)?\\s+)?(?:AGGREGATE\\s+)?|DROP\\s+)"
              + "(TRIGGER|PROCEDURE|FUNCTION|EVENT)\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?"
              + NAME,
          Pattern.CASE_INSENSITIVE);

  /** Where a block of such code begins or ends. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?<![`.\\w])(?:END\\s+(?:IF|LOOP|REPEAT|WHILE)|(END)(?:\\s+CASE)?|(BEGIN|CASE))\\b",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CREATE =
      Pattern.compile(
          "\\s*CREATE\\s+(?:DATABASE|SCHEMA)\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?" + NAME,
          Pattern.CASE_INSENSITIVE);

  private static final Pattern DROP =
      Pattern.compile(
          "\\s*DROP\\s+(?:DATABASE|SCHEMA)\\s+(?:IF\\s+EXISTS\\s+)?" + NAME,
          Pattern.CASE_INSENSITIVE);

  private static final Pattern USE =
      Pattern.compile("\\s*USE\\s+" + NAME, Pattern.CASE_INSENSITIVE);

  private static final char HIDDEN = '\1';

  /** The statements of a script that are not empty. */
  static List<ScriptStatement> of(String script) {
    String code = code(script);
    List<ScriptStatement> statements = new ArrayList<>();
    String delimiter = ";";
    int start = 0;
    int line = 1;
    while (start < script.length()) {
      int first = first(code, start);
      line += lines(code, start, first);
      Matcher change = DELIMITER.matcher(code).region(first, code.length());
      if (change.lookingAt()) {
        delimiter = change.group(1);
        start = change.end();
        continue;
      }
      int end = end(code, first, delimiter);
      if (first < end) {
        statements.add(
            new ScriptStatement(line, script.substring(start, end), code.substring(start, end)));
      }
      line += lines(code, first, end);
      start = end + delimiter.length();
    }
    return statements;
  }

  private static int lines(String text, int start, int end) {
    return (int) text.substring(start, end).chars().filter(c -> c == '\n').count();
  }

  /** The index of the first character of a statement. */
  private static int first(String code, int start) {
    int first = start;
    while (first < code.length() && Character.isWhitespace(code.charAt(first))) {
      first++;
    }
    return first;
  }

  /** The index of the delimiter behind a statement. */
  private static int end(String code, int first, String delimiter) {
    boolean blocks =
        delimiter.equals(";") && ROUTINE.matcher(code).region(first, code.length()).lookingAt();
    int open = 0;
    int from = first;
    while (true) {
      int found = code.indexOf(delimiter, from);
      int end = found < 0 ? code.length() : found;
      Matcher block = BLOCK.matcher(code).region(from, end);
      while (blocks && block.find()) {
        open += block.group(2) != null ? 1 : block.group(1) != null ? -1 : 0;
      }
      if (open <= 0 || found < 0) {
        return end;
      }
      from = end + 1;
    }
  }

  private static String code(String script) {
    StringBuilder code = new StringBuilder(script);
    boolean executed = false;
    int at = 0;
    while (at < script.length()) {
      char c = script.charAt(at);
      int end = at + 1;
      if (c == '\'' || c == '"' || c == '`') {
        end = behindQuoted(script, at, c);
        hide(code, at + 1, end - 1, c == '`');
      } else if (c == '#' || isLineComment(script, at)) {
        int lineEnd = script.indexOf('\n', at);
        end = lineEnd < 0 ? script.length() : lineEnd;
        blank(code, at, end);
      } else if (script.startsWith("/*!", at)) {
        end = at + 3;
        while (end < script.length() && Character.isDigit(script.charAt(end))) {
          end++;
        }
        blank(code, at, end);
        executed = true;
      } else if (script.startsWith("/*", at)) {
        int close = script.indexOf("*/", at + 2);
        end = close < 0 ? script.length() : close + 2;
        blank(code, at, end);
      } else if (executed && script.startsWith("*/", at)) {
        end = at + 2;
        blank(code, at, end);
        executed = false;
      }
      at = end;
    }
    return code.toString();
  }

  private static boolean isLineComment(String script, int at) {
    return script.startsWith("--", at)
        && (at + 2 == script.length() || script.charAt(at + 2) <= ' ');
  }

  private static int behindQuoted(String script, int start, char quote) {
    int at = start + 1;
    while (at < script.length() && script.charAt(at) != quote) {
      at += script.charAt(at) == '\\' && quote != '`' ? 2 : 1;
    }
    return Math.min(at + 1, script.length());
  }

  private static void hide(StringBuilder code, int start, int end, boolean name) {
    for (int i = start; i < end; i++) {
      char c = code.charAt(i);
      boolean shown = c == '\n' || (name && (Character.isLetterOrDigit(c) || c == '_'));
      code.setCharAt(i, shown ? c : HIDDEN);
    }
  }

  private static void blank(StringBuilder code, int start, int end) {
    for (int i = start; i < end; i++) {
      code.setCharAt(i, code.charAt(i) == '\n' ? '\n' : ' ');
    }
  }

  /** The kind and name of a trigger, procedure, function or event that it is about. */
  Optional<String> routine() {
    Matcher routine = ROUTINE.matcher(code);
    return routine.lookingAt()
        ? Optional.of(routine.group(1).toLowerCase(Locale.ROOT) + " " + name(routine, 2))
        : Optional.empty();
  }

  /** The database that it creates. */
  Optional<String> created() {
    return name(CREATE);
  }

  /** The database that it drops. */
  Optional<String> dropped() {
    return name(DROP);
  }

  /** The database that it uses for the names behind it. */
  Optional<String> used() {
    return name(USE);
  }

  private Optional<String> name(Pattern pattern) {
    Matcher found = pattern.matcher(code);
    return found.lookingAt() ? Optional.of(name(found, 1)) : Optional.empty();
  }

  private String name(Matcher found, int group) {
    return text.substring(found.start(group), found.end(group));
  }

  /** The options of the database that it creates; blank for none. */
  String options() {
    Matcher created = CREATE.matcher(code);
    return created.lookingAt()
        ? text.substring(created.end()).replaceAll("/\\*!\\d*|\\*/", " ").strip()
        : "";
  }
}
