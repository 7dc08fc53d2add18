package dev.freshet.flow.capture.source;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a MySQL statement, as far as they are needed to see what it does to which table.
 * Comments are left out, but for what MySQL executes of them; of texts only their place is kept.
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
   * How a statement is to be read.
   *
   * @param ansiQuotes whether double quotes enclose names; else they enclose a text, or, in what
   *     MySQL prints itself, a name
   * @param backslashEscapes whether a backslash in a text escapes
   * @param version of the server that executed it, such as 80033; what a comment gives to newer
   *     servers alone is left out
   */
  record Dialect(boolean ansiQuotes, boolean backslashEscapes, int version) {
    /** What a fresh server takes, of any version. */
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

  /** Of a version in a comment: five or six digits; with fewer it names none. */
  private static int digits(String statement, int from) {
    int count = 0;
    while (count < 6
        && from + count < statement.length()
        && Character.isDigit(statement.charAt(from + count))) {
      count++;
    }
    return count < 5 ? 0 : count;
  }

  /** Behind a comment, which may hold others. */
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

  /** Whether one of these unquoted words stands at a place. */
  boolean is(int place, String... words) {
    if (place >= 0 && place < tokens.size() && tokens.get(place).kind() == Kind.WORD) {
      for (String word : words) {
        if (tokens.get(place).text().equalsIgnoreCase(word)) {
          return true;
        }
      }
    }
    return false;
  }

  boolean isSign(int place, char sign) {
    return place < tokens.size()
        && tokens.get(place).kind() == Kind.SIGN
        && tokens.get(place).text().charAt(0) == sign;
  }

  /** The name at a place, or the word, which may be one; empty when there is none. */
  String name(int place) {
    if (place >= tokens.size()) {
      return "";
    }
    Token token = tokens.get(place);
    return token.kind() == Kind.NAME || token.kind() == Kind.WORD ? token.text() : "";
  }

  /** The name, word or text at a place; empty when there is none. */
  String text(int place) {
    return place < tokens.size() ? tokens.get(place).text() : "";
  }

  /** The parts that commas outside of brackets divide the tokens from a place on into. */
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

  /** The tokens from a place on. */
  SqlTokens from(int place) {
    return new SqlTokens(tokens.subList(Math.min(place, tokens.size()), tokens.size()));
  }

  /** The parts that commas divide what stands between a bracket at a place and its end into. */
  List<SqlTokens> inBrackets(int place) {
    int depth = 0;
    for (int i = place; i < tokens.size(); i++) {
      if (isSign(i, '(')) {
        depth++;
      } else if (isSign(i, ')')) {
        depth--;
        if (depth == 0) {
          return new SqlTokens(tokens.subList(place + 1, i)).clauses(0);
        }
      }
    }
    return from(place + 1).clauses(0);
  }

  /** Whether a name stands anywhere, quoted or not, in letters of any case. */
  boolean mentions(String name) {
    return tokens.stream()
        .anyMatch(token -> token.kind() != Kind.TEXT && token.text().equalsIgnoreCase(name));
  }

  /** Whether one of these unquoted words stands anywhere. */
  boolean has(String... words) {
    for (int i = 0; i < tokens.size(); i++) {
      if (is(i, words)) {
        return true;
      }
    }
    return false;
  }
}
