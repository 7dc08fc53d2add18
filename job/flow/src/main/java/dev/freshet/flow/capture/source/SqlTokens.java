package dev.freshet.flow.capture.source;

import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a MySQL statement, as far as they are needed to find its effect on tables. Comments
 * are left out, except for the parts that MySQL executes.
 */
final class SqlTokens {
  private final List<Token> tokens;

  private enum Kind {
    WORD,
    NAME,
    TEXT,
    SIGN
  }

  private record Token(Kind kind, String text) {}

  private SqlTokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * The settings under which a statement was executed.
   *
   * @param ansiQuotes whether double quotes enclose only names; otherwise they can also enclose a
   *     string
   * @param backslashEscapes whether a backslash escapes in strings
   * @param version the version of the server, such as 80033; comments for newer versions are left
   *     out
   */
  record Dialect(boolean ansiQuotes, boolean backslashEscapes, int version) {
    /** The default settings of any version. */
    static final Dialect DEFAULT = new Dialect(false, true, Integer.MAX_VALUE);
  }

  static SqlTokens of(String statement) {
    return of(statement, Dialect.DEFAULT);
  }

  static SqlTokens of(String statement, Dialect dialect) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < statement.length()) {
      char c = statement.charAt(at);
      int end;
      if (Character.isWhitespace(c) || statement.startsWith("*/", at)) {
        end = at + (c == '*' ? 2 : 1);
      } else if (statement.startsWith("/*!", at)) {
        end = at + 3 + digits(statement, at + 3);
        if (end > at + 3 && Integer.parseInt(statement.substring(at + 3, end)) > dialect.version) {
          end = endOfComment(statement, end);
        }
      } else if (statement.startsWith("/*", at)) {
        end = behind(statement, "*/", at + 2);
      } else if (c == '#' || isDashes(statement, at)) {
        end = behind(statement, "\n", at);
      } else if (c == '`' || c == '"' || c == '\'') {
        boolean text = c == '\'' || (c == '"' && !dialect.ansiQuotes);
        end = endOfQuoted(statement, at, text && dialect.backslashEscapes);
        tokens.add(
            c == '\''
                ? new Token(Kind.TEXT, name(statement.substring(at, end), c))
                : new Token(Kind.NAME, name(statement.substring(at, end), c)));
      } else if (isOfWord(c)) {
        end = at + 1;
        while (end < statement.length() && isOfWord(statement.charAt(end))) {
          end++;
        }
        tokens.add(new Token(Kind.WORD, statement.substring(at, end)));
      } else {
        end = at + 1;
        tokens.add(new Token(Kind.SIGN, String.valueOf(c)));
      }
      at = end;
    }
    return new SqlTokens(tokens);
  }

  /**
   * Returns the number of digits of a version in a comment: 5 or 6, or 0 if there is no version.
   */
  private static int digits(String statement, int from) {
    int count = 0;
    while (count < 6
        && from + count < statement.length()
        && Character.isDigit(statement.charAt(from + count))) {
      count++;
    }
    return count < 5 ? 0 : count;
  }

  /** Returns the index after a comment, which may contain other comments. */
  private static int endOfComment(String statement, int from) {
    int at = from;
    while (at < statement.length() && !statement.startsWith("*/", at)) {
      at = statement.startsWith("/*", at) ? behind(statement, "*/", at + 2) : at + 1;
    }
    return Math.min(at + 2, statement.length());
  }

  private static boolean isDashes(String statement, int at) {
    return statement.startsWith("--", at)
        && (at + 2 == statement.length() || Character.isWhitespace(statement.charAt(at + 2)));
  }

  private static int behind(String statement, String sign, int from) {
    int at = statement.indexOf(sign, from);
    return at < 0 ? statement.length() : at + sign.length();
  }

  private static int endOfQuoted(String statement, int begin, boolean escapes) {
    char quote = statement.charAt(begin);
    int at = begin + 1;
    while (at < statement.length()) {
      char c = statement.charAt(at);
      if (c == '\\' && escapes) {
        at += 2;
      } else if (c != quote) {
        at++;
      } else if (at + 1 < statement.length() && statement.charAt(at + 1) == quote) {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return statement.length();
  }

  private static String name(String quoted, char quote) {
    int end = quoted.length() > 1 && quoted.charAt(quoted.length() - 1) == quote ? 1 : 0;
    return quoted
        .substring(1, quoted.length() - end)
        .replace(String.valueOf(quote) + quote, String.valueOf(quote));
  }

  private static boolean isOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '@' || c >= 0x80;
  }

  int size() {
    return tokens.size();
  }

  /** Whether the token at an index is one of these words, unquoted and in any case. */
  boolean is(int index, String... words) {
    if (index >= 0 && index < tokens.size() && tokens.get(index).kind() == Kind.WORD) {
      for (String word : words) {
        if (tokens.get(index).text().equalsIgnoreCase(word)) {
          return true;
        }
      }
    }
    return false;
  }

  boolean isSign(int index, char sign) {
    return index < tokens.size()
        && tokens.get(index).kind() == Kind.SIGN
        && tokens.get(index).text().charAt(0) == sign;
  }

  /** Returns the quoted name or unquoted word at an index; empty if there is none. */
  String name(int index) {
    if (index >= tokens.size()) {
      return "";
    }
    Token token = tokens.get(index);
    return token.kind() == Kind.NAME || token.kind() == Kind.WORD ? token.text() : "";
  }

  /** Returns the text of the token at an index; empty if there is none. */
  String text(int index) {
    return index < tokens.size() ? tokens.get(index).text() : "";
  }

  /** Splits the tokens from an index on at the commas outside of parentheses. */
  List<SqlTokens> clauses(int from) {
    List<SqlTokens> clauses = new ArrayList<>();
    int depth = 0;
    int begin = from;
    for (int i = from; i < tokens.size(); i++) {
      if (isSign(i, '(')) {
        depth++;
      } else if (isSign(i, ')')) {
        depth--;
      } else if (depth == 0 && isSign(i, ',')) {
        clauses.add(new SqlTokens(tokens.subList(begin, i)));
        begin = i + 1;
      }
    }
    clauses.add(new SqlTokens(tokens.subList(Math.min(begin, tokens.size()), tokens.size())));
    return clauses;
  }

  /** Returns the tokens from an index on. */
  SqlTokens from(int index) {
    return new SqlTokens(tokens.subList(Math.min(index, tokens.size()), tokens.size()));
  }

  /** Splits the content of the parentheses that open at an index at its commas. */
  List<SqlTokens> inBrackets(int open) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      if (isSign(i, '(')) {
        depth++;
      } else if (isSign(i, ')')) {
        depth--;
        if (depth == 0) {
          return new SqlTokens(tokens.subList(open + 1, i)).clauses(0);
        }
      }
    }
    return from(open + 1).clauses(0);
  }

  /** Whether a name occurs anywhere, quoted or not, in any case. */
  boolean mentions(String name) {
    return tokens.stream()
        .anyMatch(token -> token.kind() != Kind.TEXT && token.text().equalsIgnoreCase(name));
  }

  /** Whether one of these words occurs anywhere, unquoted and in any case. */
  boolean has(String... words) {
    for (int i = 0; i < tokens.size(); i++) {
      if (is(i, words)) {
        return true;
      }
    }
    return false;
  }
}
