package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import dev.freshet.view.expr.ValueOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The members of an ENUM column, and which of them is equal to a constant. MySQL compares the text
 * of the member with the constant, by the column's collation.
 */
final class EnumMembers {
  private static final Pattern MEMBER = Pattern.compile("'((?:[^']|'')*)'");

  private final List<String> members;
  private final String collation;

  private EnumMembers(List<String> members, String collation) {
    this.members = List.copyOf(members);
    this.collation = collation;
  }

  /** Returns the members of an ENUM column, in their order. */
  static EnumMembers of(Column column) {
    List<String> members = new ArrayList<>();
    Matcher matcher = MEMBER.matcher(column.mysqlType());
    while (matcher.find()) {
      members.add(matcher.group(1).replace("''", "'"));
    }
    return new EnumMembers(members, column.collation());
  }

  /** Why the column cannot be compared with constants; empty if it can. */
  Optional<String> againstComparing() {
    return ColumnRules.isCompared(collation)
        ? Optional.empty()
        : Optional.of("an ENUM of collation " + collation + " can be shown only");
  }

  /** Returns the members that are equal to a constant. */
  List<String> equalTo(String constant) {
    ValueOrder order = ValueOrder.of(ValueType.STRING, collation);
    return members.stream().filter(member -> order.compare(member, constant) == 0).toList();
  }

  @Override
  public String toString() {
    return "'" + String.join("', '", members) + "'";
  }
}
