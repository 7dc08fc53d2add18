package dev.freshet.view;

import dev.freshet.view.collation.Collation;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A column of a source table, as MySQL's catalogue describes it.
 *
 * @param name as MySQL spells it
 * @param type the type in which Freshet computes with the column
 * @param nullable whether the column may hold NULL
 * @param mysqlType MySQL's {@code COLUMN_TYPE}, such as {@code bigint unsigned}
 * @param collation the collation of a text column; empty for all others
 */
public record Column(
    String name, ValueType type, boolean nullable, String mysqlType, String collation)
    implements Serializable {
  private static final Pattern VARCHAR = Pattern.compile("varchar\\(\\d+\\)");

  public Column {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(mysqlType, "mysqlType");
    Objects.requireNonNull(collation, "collation");
  }

  /** The same column under another name. */
  public Column named(String other) {
    return new Column(other, type, nullable, mysqlType, collation);
  }

  /** Whether different texts of this column have one {@link #canonical} text. */
  public boolean foldsTexts() {
    return folding().isPresent();
  }

  private Optional<Collation> folding() {
    return Collation.of(collation);
  }

  /**
   * Returns the value that represents a value in keys. MySQL takes some different values as equal;
   * they have the same representative. See {@link Collation#canonical}. A text of a collation that
   * Freshet does not know represents itself. Such a text may be in a primary key, where no two
   * texts are equal, but in no other key.
   *
   * @param value a value of this column, or of one that a join compares with it; may be null
   * @return the representative; null if the value is null, or a number that no value of this
   *     column's type equals
   */
  public Object canonical(Object value) {
    if (value instanceof String text) {
      return folding().map(each -> each.canonical(text)).orElse(text);
    }
    if (value instanceof Long whole && type == ValueType.DECIMAL) {
      return BigDecimal.valueOf(whole);
    }
    return value instanceof BigDecimal number && type == ValueType.INTEGER ? whole(number) : value;
  }

  private static Long whole(BigDecimal number) {
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      // Beyond BIGINT, or not whole.
      return null;
    }
  }

  /**
   * Whether every value of the earlier column has the same meaning in this one: the columns are
   * equal, members were appended to an ENUM or SET, or a VARCHAR became longer.
   */
  public boolean continues(Column before) {
    return equals(before)
        || (equals(
                new Column(before.name, before.type, before.nullable, mysqlType, before.collation))
            && (isAppendedTo(before.mysqlType) || isLongerThan(before.mysqlType)));
  }

  private boolean isLongerThan(String other) {
    return VARCHAR.matcher(mysqlType).matches()
        && VARCHAR.matcher(other).matches()
        && Integer.parseInt(mysqlType.replaceAll("\\D", ""))
            >= Integer.parseInt(other.replaceAll("\\D", ""));
  }

  private boolean isAppendedTo(String members) {
    boolean counted = members.startsWith("enum(") || members.startsWith("set(");
    return counted && mysqlType.startsWith(members.substring(0, members.length() - 1) + ",'");
  }
}
