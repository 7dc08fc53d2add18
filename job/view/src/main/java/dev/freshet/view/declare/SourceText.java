package dev.freshet.view.declare;

import dev.freshet.view.form.Unicode;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Refuses text that the parser and MySQL would read differently, and writes texts in double quotes,
 * bytes like {@code 0x0AFF} and bits like {@code b'101'} as both read them. The author's SELECT is
 * sent to MySQL as it is then, so it must not contain text that is a comment to one of them and
 * code to the other.
 */
final class SourceText {
  /** Texts, names and comments. */
  private static final Pattern NO_CODE =
      Pattern.compile("'[^']*'|`[^`]*`|--[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  private static final Pattern HIDDEN =
      Pattern.compile(
          "'(?:[^'\\\\]|\\\\.)*+'|\"[^\"]*+\"|`[^`]*+`|--(?=[\\x00- ]|$)[^\\n]*+|/\\*.*?\\*/",
          Pattern.DOTALL);

  /** What may stand before a text in double quotes; a name would change its meaning. */
  private static final String BEFORE_TEXT = "(,=<>+-*/";

  /** Bytes in a form that the parser does not know. MySQL has no upper-case {@code 0X}. */
  private static final Pattern BYTES =
      Pattern.compile("0x([0-9A-Fa-f]+)(?![\\w$'\"\\x{80}-\\x{10FFFF}])");

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Refusals refusals;
  private final String text;
  private final StringBuilder checked = new StringBuilder();

  /** The end of the last token in the checked text. */
  private int lastEnd;

  private int doubleQuotedLine;

  private SourceText(String text, Refusals refusals) {
    this.text = withUniformEnds(text);
    this.refusals = refusals;
  }

  /** A text with LF as line end, and without a byte order mark. */
  static String withUniformEnds(String text) {
    String marked = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    return marked.replace("\r\n", "\n").replace('\r', '\n');
  }

  /** Checks a text. */
  static SourceText of(String text, Refusals refusals) {
    SourceText source = new SourceText(text, refusals);
    if (!Unicode.isValid(text)) {
      throw refusals.of("the text has half of a surrogate pair", "write valid Unicode");
    }
    source.scan();
    return source;
  }

  /**
   * The text for the parser: with uniform line ends and without a closing semicolon. Line numbers
   * stay the same.
   */
  String checked() {
    return lastEnd > 0 && checked.charAt(lastEnd - 1) == ';'
        ? checked.substring(0, lastEnd - 1)
        : checked.toString();
  }

  /** The line of the first text in double quotes; 0 if there is none. */
  int doubleQuotedLine() {
    return doubleQuotedLine;
  }

  /** The part of a checked text that a parsed node covers. */
  static String cut(String checked, SqlParserPos position) {
    return checked.substring(start(checked, position), end(checked, position));
  }

  /** A checked text with another text instead of the part that a parsed node covers. */
  static String replaced(String checked, SqlParserPos position, String by) {
    return checked.substring(0, start(checked, position))
        + by
        + checked.substring(end(checked, position));
  }

  /**
   * The part of a checked text that a parsed value covers, with the brackets at its ends, which the
   * parser's positions leave out. The caller verifies it by parsing it again.
   */
  static String value(String checked, SqlParserPos position) {
    int start = offset(checked, position.getLineNum(), position.getColumnNum());
    int end = end(checked, position);
    int opened = 0;
    int closed = 0;
    for (char c : NO_CODE.matcher(checked.substring(start, end)).replaceAll("").toCharArray()) {
      if (c == '(') {
        opened++;
      } else if (c == ')' && opened > 0) {
        opened--;
      } else if (c == ')') {
        closed++;
      }
    }
    for (; closed > 0 && start > 0; closed--) {
      start = Math.max(0, checked.lastIndexOf('(', start - 1));
    }
    for (; opened > 0; opened--) {
      end = Math.max(end, checked.indexOf(')', end) + 1);
    }
    return checked.substring(start, end);
  }

  /** The index behind the brackets that are closed from an index on. */
  static int behindBrackets(String checked, int from) {
    int end = from;
    for (int i = from; i < checked.length(); i++) {
      if (checked.charAt(i) == ')') {
        end = i + 1;
      } else if (!Character.isWhitespace(checked.charAt(i))) {
        break;
      }
    }
    return end;
  }

  /** The index behind the bracket of a masked text that closes the one before an index, or −1. */
  static int closing(String masked, int after) {
    int depth = 1;
    for (int i = after; i < masked.length(); i++) {
      depth += masked.charAt(i) == '(' ? 1 : masked.charAt(i) == ')' ? -1 : 0;
      if (depth == 0) {
        return i + 1;
      }
    }
    return -1;
  }

  /** The index at which a parsed node begins. */
  static int start(String checked, SqlParserPos position) {
    return offset(checked, position.getLineNum(), position.getColumnNum());
  }

  /** The index behind a parsed node. */
  static int end(String checked, SqlParserPos position) {
    return offset(checked, position.getEndLineNum(), position.getEndColumnNum()) + 1;
  }

  /** Finds comments, texts in quotes and names in back-ticks. */
  static Matcher hidden(CharSequence text) {
    return HIDDEN.matcher(text);
  }

  /**
   * A text with spaces instead of comments, and with a control character instead of each character
   * of texts in quotes and names in back-ticks.
   */
  static String masked(String text) {
    StringBuilder masked = new StringBuilder(text);
    Matcher hidden = hidden(text);
    while (hidden.find()) {
      char mask = hidden.group().startsWith("--") || hidden.group().startsWith("/*") ? ' ' : '\1';
      for (int i = hidden.start(); i < hidden.end(); i++) {
        if (text.charAt(i) != '\n') {
          masked.setCharAt(i, mask);
        }
      }
    }
    return masked.toString();
  }

  /** The index of a character by its line and column, both from 1. */
  static int offset(String text, int line, int column) {
    int start = 0;
    for (int i = 1; i < line; i++) {
      start = text.indexOf('\n', start) + 1;
    }
    return start + column - 1;
  }

  private void scan() {
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int start = i;
      if (c == '\'' || c == '`') {
        i = quoted(i, c);
        append(text.substring(start, i));
      } else if (c == '"') {
        i = doubleQuoted(i);
      } else if (startsWith(i, "--")) {
        i = lineComment(i);
        checked.append(text, start, i);
      } else if (startsWith(i, "/*")) {
        i = blockComment(i);
        checked.append(text, start, i);
      } else if (startsWith(i, "0x") && !isOfName(i - 1)) {
        i = bytes(i);
      } else if ((startsWith(i, "b'") || startsWith(i, "B'")) && !isOfName(i - 1)) {
        i = bits(i);
      } else {
        refuseForeign(i, c);
        checked.append(c);
        lastEnd = Character.isWhitespace(c) ? lastEnd : checked.length();
        i++;
      }
    }
  }

  private void append(String token) {
    checked.append(token);
    lastEnd = checked.length();
  }

  private int quoted(int start, char quote) {
    int last = start + 1;
    while (last < text.length() && text.charAt(last) != quote) {
      if (quote != '`' && text.charAt(last) == '\\') {
        throw refuse(
            last,
            "a backslash in a text literal is not supported",
            "MySQL reads it as an escape; compare with a column instead; write '' for a quote in a text");
      }
      last++;
    }
    if (last == text.length()) {
      throw refuse(
          start,
          "the quote " + quote + " is not closed",
          "close it; write it twice inside of what it encloses");
    }
    return last + 1;
  }

  /** Writes a text in double quotes, which contains each of them twice, in single quotes. */
  private int doubleQuoted(int start) {
    boolean apart =
        start == 0
            || Character.isWhitespace(text.charAt(start - 1))
            || BEFORE_TEXT.indexOf(text.charAt(start - 1)) >= 0;
    int next = quoted(start, '"');
    while (startsWith(next, "\"")) {
      next = quoted(next, '"');
    }
    if (!apart || startsWith(next, "'")) {
      throw refuse(
          start,
          "the text in double quotes touches what is beside it",
          "write it in single quotes, with spaces around it");
    }
    if (doubleQuotedLine == 0) {
      doubleQuotedLine = line(start);
    }
    String content = text.substring(start + 1, next - 1).replace("\"\"", "\"");
    append("'" + content.replace("'", "''") + "'");
    return next;
  }

  private boolean isOfName(int at) {
    return at >= 0
        && (Character.isLetterOrDigit(text.charAt(at)) || "_$.".indexOf(text.charAt(at)) >= 0);
  }

  /** Writes bytes like {@code 0xFFF} as {@code X'0FFF'}. */
  private int bytes(int start) {
    Matcher matcher = BYTES.matcher(text).region(start, text.length());
    if (!matcher.lookingAt()) {
      throw refuse(
          start,
          "0x is not followed by the digits of bytes",
          "write bytes like X'0AFF', names in back-ticks");
    }
    String digits = matcher.group(1);
    append("X'" + (digits.length() % 2 == 0 ? "" : "0") + digits + "'");
    return matcher.end();
  }

  /** Writes bits like {@code b'101'} as the bytes {@code X'05'}, which MySQL takes them for. */
  private int bits(int start) {
    int end = quoted(start + 1, '\'');
    String digits = text.substring(start + 2, end - 1);
    if (!digits.matches("[01]*")) {
      throw refuse(start, "b'" + digits + "' is not a number in bits", "write 0 and 1 only");
    }
    int bytes = (digits.length() + 7) / 8;
    String hex = bytes == 0 ? "" : new BigInteger(digits, 2).toString(16);
    append("X'" + "0".repeat(2 * bytes - hex.length()) + hex.toUpperCase(Locale.ROOT) + "'");
    return end;
  }

  private int lineComment(int start) {
    // MySQL accepts only ASCII white space and control characters after the two minus signs.
    if (start + 2 < text.length() && text.charAt(start + 2) > ' ') {
      throw refuse(
          start,
          "'--' without a space is not supported",
          "write '-- ' for a comment; MySQL reads two minus signs otherwise");
    }
    int end = text.indexOf('\n', start);
    return end < 0 ? text.length() : end;
  }

  private int blockComment(int start) {
    if (startsWith(start, "/*!") || startsWith(start, "/*+")) {
      throw refuse(
          start,
          "the comment '" + text.substring(start, start + 3) + "' is not supported",
          "leave it out; MySQL would execute it");
    }
    int end = text.indexOf("*/", start + 2);
    if (end < 0) {
      throw refuse(start, "the comment /* is not closed", "close it with */");
    }
    return end + 2;
  }

  /** Refuses MySQL syntax for which the lexer would have an unhelpful message. */
  private void refuseForeign(int at, char c) {
    if (c == '#' || startsWith(at, "//")) {
      throw refuse(
          at,
          "a comment that begins with " + (c == '#' ? "#" : "//") + " is not supported",
          "write -- and a space");
    }
    if (startsWith(at, "<=>")) {
      throw refuse(at, "<=> is not supported", "write a = b OR a IS NULL AND b IS NULL");
    }
    if (startsWith(at, "||") || startsWith(at, "&&")) {
      throw refuse(at, text.substring(at, at + 2) + " is not supported", "write OR or AND");
    }
    if (c > ' ' && (Character.isSpaceChar(c) || c == BYTE_ORDER_MARK.charAt(0))) {
      throw refuse(
          at,
          "the character U+%04X is no space in MySQL".formatted((int) c),
          "write a plain space");
    }
    if (c == '@') {
      throw refuse(at, "a MySQL variable is not supported", "write the value");
    }
  }

  private boolean startsWith(int at, String token) {
    return text.startsWith(token, at);
  }

  private ViewException refuse(int at, String problem, String remedy) {
    return refusals.at(line(at), problem, remedy);
  }

  private int line(int at) {
    return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
  }
}
