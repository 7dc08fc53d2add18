package dev.freshet.view;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The members of an ENUM or SET column in their order, and which value a text names. MySQL compares
 * the text of the value, by the column's collation: of a SET, its members in their order with
 * commas between. It sorts by number.
 */
public final class Members {
  private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*)'");

  /** Its canonical text is a comma in all collations. */
  private static final String COMMA = ",";

  private final Column column;
  private final List<String> members;

  private Members(Column column, List<String> members) {
    this.column = column;
    this.members = List.copyOf(members);
  }

  /** The members of an ENUM or SET column. */
  public static Members of(Column column) {
    List<String> members = new ArrayList<>();
    Matcher matcher = MEMBER.matcher(column.mysqlType());
    while (matcher.find()) {
      members.add(matcher.group(1).replace("''", "'"));
    }
    return new Members(column, members);
  }

  /** Whether a column is an ENUM or SET. */
  public static boolean has(Column column) {
    return isOf(column, "enum(") || isSet(column);
  }

  /** Whether a column is a SET. */
  public static boolean isSet(Column column) {
    return isOf(column, "set(");
  }

  private static boolean isOf(Column column, String type) {
    return column.mysqlType().regionMatches(true, 0, type, 0, type.length());
  }

  /** All members, in their order. */
  public List<String> all() {
    return members;
  }

  /**
   * Why several values may have equal texts. MySQL then finds only one of them through an index.
   * The text continues the name of the column's type.
   */
  public Optional<String> ambiguity() {
    List<String> texts = members.stream().map(this::canonical).toList();
    // MySQL shows the empty text for a SET without members, and for what is no member of an ENUM.
    if (texts.contains("")) {
      return Optional.of("with the empty text among its members");
    }
    if (new HashSet<>(texts).size() < texts.size()) {
      return Optional.of("with members that are equal");
    }
    return isSet(column) && texts.stream().anyMatch(text -> text.contains(COMMA))
        ? Optional.of("with a character in its members that is equal to a comma")
        : Optional.empty();
  }

  /**
   * The value that a text names. Empty if there is none, or several; MySQL then finds other values
   * through an index.
   */
  public Optional<String> named(String text) {
    String[] all = isSet(column) ? text.split(COMMA, -1) : new String[] {text};
    List<String> parts = Stream.of(all).map(this::canonical).toList();
    List<String> named =
        members.stream().filter(member -> parts.contains(canonical(member))).toList();
    String value = String.join(COMMA, named);
    return canonical(value).equals(canonical(text)) && named.isEmpty() == text.isEmpty()
        ? Optional.of(value)
        : Optional.empty();
  }

  private String canonical(String text) {
    return (String) column.canonical(text);
  }

  /** What a text has to be in order to name a value. */
  @Override
  public String toString() {
    String all =
        members.stream()
            .map(member -> "'" + member.replace("'", "''") + "'")
            .collect(Collectors.joining(", "));
    return isSet(column)
        ? "members in the order " + all + ", with a comma between two"
        : "one of " + all;
  }
}
