package dev.freshet.view.declare;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.calcite.sql.parser.SqlParseException;

/**
 * The words that MySQL reserves. The parser reserves others, such as {@code position} and {@code
 * views}; where it does not expect one of these, it is a name, and needs back-ticks for the parser.
 */
final class ReservedWords {
  /** A word after the point behind an alias, which is not the call of a function. */
  private static final Pattern NAME =
      Pattern.compile("[.\\s]*([A-Za-z_][A-Za-z_0-9$]*+)(?!\\s*\\()");

  /** A word behind the operator that the parser did not expect, because the word follows it. */
  private static final Pattern NEXT =
      Pattern.compile(
          "(?:\\s|[=<>!,(]|(?:AND|OR|NOT|BETWEEN)\\b)+([A-Za-z_][A-Za-z_0-9$]*+)(?!\\s*[('])",
          Pattern.CASE_INSENSITIVE);

  /** The words around the query, which are no names there. */
  private static final Set<String> OF_DECLARATION =
      Set.of("ENFORCED", "FRESHNESS", "MATERIALIZED", "PARTITIONED", "REFRESH_MODE");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_]\\w*");

  private static final Set<String> RESERVED = read();

  private ReservedWords() {}

  private static Set<String> read() {
    try (InputStream in = ReservedWords.class.getResourceAsStream("reserved-words.txt")) {
      String words = new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
      return Arrays.stream(words.split("\\s+")).collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException("the reserved words cannot be read", e);
    }
  }

  /** All words that MySQL reserves, in upper case. */
  static Set<String> all() {
    return RESERVED;
  }

  /** A name as MySQL reads it, in back-ticks where it needs them. */
  static String quoted(String name) {
    boolean plain =
        PLAIN.matcher(name).matches() && !RESERVED.contains(name.toUpperCase(Locale.ROOT));
    return plain ? name : "`" + name.replace("`", "``") + "`";
  }

  /**
   * Returns the text with back-ticks around the word that the parser did not expect, or that
   * follows an operator which it did not expect; empty if MySQL reserves it, or it is no word.
   * Lines stay the same.
   */
  static Optional<String> withName(String text, SqlParseException unexpected) {
    if (unexpected.getPos() == null) {
      return Optional.empty();
    }
    int at =
        SourceText.offset(
            text, unexpected.getPos().getLineNum(), unexpected.getPos().getColumnNum());
    if (at < 0 || at > text.length()) {
      return Optional.empty();
    }
    Optional<String> unexpectedName = withName(text, NAME.matcher(text).region(at, text.length()));
    return unexpectedName.isPresent()
        ? unexpectedName
        : withName(text, NEXT.matcher(text).region(at, text.length()));
  }

  private static Optional<String> withName(String text, Matcher word) {
    if (!word.lookingAt()) {
      return Optional.empty();
    }
    String name = word.group(1).toUpperCase(Locale.ROOT);
    if (RESERVED.contains(name) || OF_DECLARATION.contains(name)) {
      return Optional.empty();
    }
    return Optional.of(
        text.substring(0, word.start(1)) + "`" + word.group(1) + "`" + text.substring(word.end(1)));
  }
}
