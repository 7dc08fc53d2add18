package dev.freshet.view;

import dev.freshet.view.expr.ValueOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The members of an ENUM column in their order, and which of them is equal to a text. MySQL
 * compares the text of the member, by the column's collation; it sorts by the member's place.
 */
public final class EnumMembers {
  private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*)'");

  /** What MySQL shows for a value that is no member, which it sorts below all members. */
  private static final String NONE = "";

  private final Column column;
  private final List<String> members;

  private EnumMembers(Column column, List<String> members) {
    this.column = column;
    this.members = List.copyOf(members);
  }

  /** The members of an ENUM column. */
  public static EnumMembers of(Column column) {
    List<String> members = new ArrayList<>();
    Matcher matcher = MEMBER.matcher(column.mysqlType());
    while (matcher.find()) {
      members.add(matcher.group(1).replace("''", "'"));
    }
    return new EnumMembers(column, members);
  }

  /** Whether a column is an ENUM. */
  public static boolean isEnum(Column column) {
    return column.mysqlType().regionMatches(true, 0, "enum(", 0, "enum(".length());
  }

  /** All members, in their order. */
  public List<String> all() {
    return members;
  }

  /** Whether each text that MySQL shows belongs to one place. */
  public boolean haveOwnTexts() {
    return !members.contains(NONE);
  }

  /** The members that are equal to a constant, by a collation that can be compared. */
  public List<String> equalTo(String constant) {
    ValueOrder order = ValueOrder.of(ValueType.STRING, column.collation());
    return members.stream().filter(member -> order.compare(member, constant) == 0).toList();
  }

  /**
   * The member that stands in keys as a text, or the empty text for a value that is no member.
   * Empty if there is none; MySQL then finds the members of other texts through an index.
   *
   * @param text a canonical text of the column
   */
  public Optional<String> named(Object text) {
    return text.equals(NONE)
        ? Optional.of(NONE)
        : members.stream().filter(member -> column.canonical(member).equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return members.stream()
        .map(member -> "'" + member.replace("'", "''") + "'")
        .collect(Collectors.joining(", "));
  }
}
