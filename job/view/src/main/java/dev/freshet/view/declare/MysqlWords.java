package dev.freshet.view.declare;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds constructs of MySQL in a text that the parser does not read, and refuses them by name.
 * Replaces them by something that it reads, so that the rest of the text can be checked as well: by
 * nothing, by a similar construct, or by a name that {@link Refusals#excuse is excused}.
 */
final class MysqlWords {
  /** The name of what stands for a value that is refused. */
  static final String REFUSED = "?";

  private static final String VALUE = "`" + REFUSED + "`";

  private static final String AGGREGATE =
      "an answer's total counts its entries; select the rows and compute the rest in the client";

  private static final String NO_LOCK = "leave it out; an answer locks no rows";

  private static final String GENERATED =
      "compute it in the client, or add a STORED generated column for it to the table";

  private static final String COLLATED =
      "compare by the column's own collation, or add a STORED generated column of the other collation to the table";

  /**
   * A construct.
   *
   * @param name its name in messages; empty for the words that are found
   * @param by what replaces it
   */
  private record Word(Pattern pattern, String name, String remedy, String by) {
    Word(String pattern, String name, String remedy, String by) {
      this(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE), name, remedy, by);
    }
  }

  private static final List<Word> WORDS =
      List.of(
          new Word("&&", "", "write AND", "AND"),
          new Word("\\|\\|", "", "write OR; to join texts write CONCAT(a, b)", "OR"),
          new Word(
              "\\bSQL_CALC_FOUND_ROWS\\b",
              "",
              "leave it out; every answer has the total of its entries",
              ""),
          new Word(
              "\\bSQL_(NO_CACHE|CACHE|SMALL_RESULT|BIG_RESULT|BUFFER_RESULT)\\b|\\bHIGH_PRIORITY\\b",
              "",
              "leave it out; it changes no answer",
              ""),
          new Word(
              "(?<=\\bSELECT\\s{1,9})STRAIGHT_JOIN\\b",
              "",
              "leave it out; it changes no answer",
              ""),
          new Word("\\bSTRAIGHT_JOIN\\b", "", "write JOIN; it has the same rows", "JOIN"),
          new Word("\\bDISTINCTROW\\b", "", "write DISTINCT", "DISTINCT"),
          new Word(
              "\\b(FORCE|USE|IGNORE)\\s+(INDEX|KEY)\\b(\\s+FOR\\s+(JOIN|(ORDER|GROUP)\\s+BY))?\\s*\\([^)]*\\)",
              "",
              "leave it out; it changes no answer",
              ""),
          new Word("\\bFOR\\s+(UPDATE|SHARE)\\b(\\s+(NOWAIT|SKIP\\s+LOCKED)\\b)?", "", NO_LOCK, ""),
          new Word("\\bLOCK\\s+IN\\s+SHARE\\s+MODE\\b", "", NO_LOCK, ""),
          new Word("\\bWITH\\s+ROLLUP\\b", "", "leave it out; add up in the client", ""),
          new Word("\\bXOR\\b", "", "write (a OR b) AND NOT (a AND b)", "OR"),
          new Word("<<|(?<!-)>>|[&|^](?![&|])", "", GENERATED, "+ " + VALUE + " +"),
          new Word("~", "", GENERATED, VALUE + " +"),
          new Word("!(?!=)", "", "write (NOT a), in brackets", "NOT "),
          new Word("\\bSOUNDS\\s+LIKE\\b", "", GENERATED, "= " + VALUE + " +"),
          new Word("(?<!\\bAS\\s{1,9})\\bBINARY\\b(?!\\s*\\()", "", COLLATED, ""),
          new Word("\\bCOLLATE\\s+\\w+", "", COLLATED, ""),
          new Word(
              "\\bPARTITION\\s*\\([^)]*\\)(?!\\s*OVER)",
              "",
              "compare the column that the table is partitioned by",
              ""),
          new Word("\\bINTO\\s+(OUTFILE|DUMPFILE)\\s+\\u0001+", "INTO OUTFILE", "leave it out", ""),
          new Word(
              "\\b(NOT\\s+)?(REGEXP|RLIKE)\\b",
              "REGEXP",
              "add a STORED generated column to the table, such as hit TINYINT AS (a REGEXP 'x') STORED, and compare it with 1",
              "= " + VALUE + " +"),
          new Word(
              PlainQuery.NAMED_PARAMETER,
              "",
              "leave out the condition and name its column in PARTITIONED BY, or write ? for a bound",
              VALUE),
          new Word("<=>\\s*\\?", "<=> ?", "write = ?; no key is NULL", "= ?"),
          new Word(
              "<=>",
              "",
              "write = for a constant; for two columns write a = b OR a IS NULL AND b IS NULL",
              "="));

  private static final Pattern GROUP_CONCAT =
      Pattern.compile("\\bGROUP_CONCAT\\s*\\(", Pattern.CASE_INSENSITIVE);
  private static final Pattern MATCH =
      Pattern.compile("\\bMATCH\\s*\\([^()]*\\)\\s*AGAINST\\s*\\(", Pattern.CASE_INSENSITIVE);

  /** Functions that a view can have, and that MySQL knows only without a space behind the name. */
  private static final Pattern APART =
      Pattern.compile(
          "(?<!\\bTABLE\\s{1,9})\\b(CAST|DATE_ADD|DATE_SUB|MID|SUBSTR|SUBSTRING|TRIM)\\s+\\(",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern VARIABLE = Pattern.compile("@@?[\\w.$]*(\\s*:=)?");
  private static final Pattern JSON_PATH = Pattern.compile("\\s*->(?!>)\\s*");

  private final Refusals refusals;
  private final StringBuilder text;

  private MysqlWords(String text, Refusals refusals) {
    this.text = new StringBuilder(SourceText.withUniformEnds(text));
    this.refusals = refusals;
  }

  /** The text without such constructs; the lines stay the same. */
  static String replaced(String text, Refusals refusals) {
    MysqlWords words = new MysqlWords(text, refusals);
    words.comments();
    words.calls(GROUP_CONCAT, "GROUP_CONCAT", AGGREGATE);
    words.calls(
        MATCH,
        "MATCH ... AGAINST",
        "search in MySQL, whose index is made for it, and read the rows that it finds by their key");
    words.conversions();
    words.apart();
    words.jsonPaths();
    words.variables();
    WORDS.forEach(words::replace);
    return words.text.toString();
  }

  /** Comments that MySQL executes. */
  private void comments() {
    for (Matcher comment = SourceText.hidden(text); comment.find(); ) {
      String begin = text.substring(comment.start(), Math.min(comment.start() + 3, text.length()));
      if (begin.equals("/*+") || begin.equals("/*!")) {
        refuse(
            comment.start(),
            begin.equals("/*+") ? "the hint '/*+'" : "the comment '/*!'",
            begin.equals("/*+")
                ? "leave it out; it changes no answer"
                : "leave it out; MySQL would execute it");
        put(comment.start(), comment.end(), "");
        comment = SourceText.hidden(text);
      }
    }
  }

  private void replace(Word word) {
    Matcher found = word.pattern().matcher(masked());
    int from = 0;
    while (found.find(from)) {
      String name =
          word.name().isEmpty() ? text.substring(found.start(), found.end()) : word.name();
      refuse(found.start(), name.replaceAll("\\s+", " "), word.remedy());
      from = put(found.start(), found.end(), word.by());
      found = word.pattern().matcher(masked());
    }
  }

  /** Calls, of which a pattern finds the beginning up to the last opening bracket. */
  private void calls(Pattern pattern, String name, String remedy) {
    Matcher found = pattern.matcher(masked());
    int from = 0;
    while (found.find(from)) {
      int end = SourceText.closing(masked(), found.end());
      if (end < 0) {
        return;
      }
      refuse(found.start(), name, remedy);
      from = put(found.start(), end, VALUE);
      found = pattern.matcher(masked());
    }
  }

  private void conversions() {
    int from = 0;
    for (Optional<Conversion> found = Conversion.in(masked(), from);
        found.isPresent();
        found = Conversion.in(masked(), from)) {
      Conversion conversion = found.get();
      if (conversion.isKnown()) {
        from = conversion.start() + 1;
        continue;
      }
      refuse(
          conversion.start(),
          "this CONVERT",
          "convert to SIGNED, DECIMAL(p, s), CHAR, DATE, DATETIME or USING utf8mb4, or add a STORED generated column for it to the table");
      from = put(conversion.start(), conversion.end(), VALUE);
    }
  }

  /** Names that MySQL takes for functions of the user, because of the space behind them. */
  private void apart() {
    for (Matcher name = APART.matcher(masked()); name.find(); ) {
      String function = name.group(1);
      refuse(
          name.start(),
          function + " with a space before its bracket",
          "write " + function + "(...) without it; MySQL knows the function only so");
    }
  }

  private void variables() {
    Matcher found = VARIABLE.matcher(masked());
    int from = 0;
    while (found.find(from)) {
      String name = text.substring(found.start(), found.end()).replaceFirst("\\s*:=", "");
      refuse(
          found.start(),
          "the MySQL variable " + name,
          "write the value; what the caller gives is a column of the key");
      from = put(found.start(), found.end(), found.group(1) == null ? VALUE : VALUE + " +");
      found = VARIABLE.matcher(masked());
    }
  }

  private void jsonPaths() {
    Matcher found = JSON_PATH.matcher(masked());
    int from = 0;
    while (found.find(from)) {
      Matcher path = SourceText.hidden(text);
      int end = path.find(found.end()) && path.start() == found.end() ? path.end() : found.end();
      refuse(
          found.start(),
          "the JSON path " + text.substring(found.start(), end).strip(),
          "write ->> for the value as a text");
      from = put(found.start(), end, "." + VALUE);
      found = JSON_PATH.matcher(masked());
    }
  }

  private String masked() {
    return SourceText.masked(text.toString());
  }

  /** Replaces a part, keeps its line ends, and returns the index behind it. */
  private int put(int start, int end, String by) {
    String lines = text.substring(start, end).replaceAll("[^\\n]", "");
    String with = by.isEmpty() && lines.isEmpty() ? " " : by + lines;
    text.replace(start, end, with);
    return start + with.length();
  }

  private void refuse(int at, String construct, String remedy) {
    int line = 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
    refusals.add(refusals.at(line, construct + " is not supported", remedy));
  }
}
