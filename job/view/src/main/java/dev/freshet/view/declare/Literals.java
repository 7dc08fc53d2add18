package dev.freshet.view.declare;

import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Column;
import dev.freshet.view.Expr.Literal;
import dev.freshet.view.Members;
import dev.freshet.view.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlBinaryStringLiteral;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.BitString;

/**
 * Translates constants that are compared with a column. MySQL has many rules that convert a
 * constant to the column's type; here a constant must be a value of that type without conversion.
 */
final class Literals {
  /** MySQL converts longer numbers in steps. */
  private static final int DOUBLE_DIGITS = 30;

  private static final Pattern DATE = Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})");
  private static final Pattern TIME =
      Pattern.compile("-?\\d{2,3}:[0-5]\\d:[0-5]\\d(?:\\.(\\d{1,6}))?");

  /** 838:59:59, in microseconds. */
  private static final long LONGEST_TIME = 3_020_399_000_000L;

  private static final Pattern DATETIME =
      Pattern.compile(
          "(\\d{4})-(\\d{2})-(\\d{2})(?: (\\d{2}):(\\d{2}):(\\d{2})(?:\\.(\\d{1,6}))?)?");

  /** An integer that a double holds exactly. */
  private static final Pattern QUOTED = Pattern.compile("0|-?[1-9]\\d{0,14}");

  private static final Pattern QUOTED_YEAR = Pattern.compile("[1-9]\\d{3}");

  private static final Pattern QUOTED_DECIMAL = Pattern.compile("-?(?:0|[1-9]\\d*)(?:\\.\\d+)?");

  private static final String YEAR = "write the year with four digits, from 1901 to 2155, or 0";

  /** The number of decimal digits that a double keeps. */
  private static final int EXACT_DIGITS = 15;

  private final Refusals refusals;

  Literals(Refusals refusals) {
    this.refusals = refusals;
  }

  /** Whether a node is a constant, possibly with a sign. */
  static boolean isLiteral(SqlNode node) {
    return node instanceof SqlLiteral || signed(node) != null;
  }

  private static SqlNumericLiteral signed(SqlNode node) {
    boolean sign = node.getKind() == SqlKind.MINUS_PREFIX || node.getKind() == SqlKind.PLUS_PREFIX;
    return sign && ((SqlCall) node).operand(0) instanceof SqlNumericLiteral number ? number : null;
  }

  Literal of(Column column, SqlNode node) {
    refuseWords(column, node);
    return switch (column.type()) {
      case INTEGER -> new Literal(ValueType.INTEGER, number(column, node, 0).longValueExact());
      case DECIMAL ->
          new Literal(ValueType.DECIMAL, number(column, node, MysqlTypes.scale(column)));
      case STRING -> new Literal(ValueType.STRING, text(column, node));
      case BYTES -> new Literal(ValueType.BYTES, bytes(column, node));
      case DATE -> new Literal(ValueType.DATE, date(column, node));
      case DATETIME -> new Literal(ValueType.DATETIME, dateTime(column, node));
      case TIMESTAMP ->
          throw refusals.at(
              node,
              "a constant for the TIMESTAMP column '" + column.name() + "' is not supported",
              "its meaning depends on the time zone; compare UNIX_TIMESTAMP of the column with seconds");
      case DOUBLE -> new Literal(ValueType.DOUBLE, floating(column, node));
      case TIME -> new Literal(ValueType.TIME, time(column, node));
    };
  }

  private void refuseWords(Column column, SqlNode node) {
    if (node instanceof SqlLiteral literal) {
      if (literal.getTypeName() == SqlTypeName.NULL) {
        throw refusals.at(
            node, "a comparison with NULL is never true", "write IS NULL or IS NOT NULL");
      }
      boolean number =
          switch (column.type()) {
            case INTEGER, DECIMAL, DOUBLE -> !ColumnRules.isYear(column);
            default -> false;
          };
      if (isTruth(node) && !number) {
        throw refusals.at(
            node,
            "a comparison of '" + column.name() + "' with " + literal + " is not supported",
            "write a value of " + column.mysqlType());
      }
    }
  }

  /** Whether a node is a number, possibly with a sign. */
  static boolean isNumber(SqlNode node) {
    return node instanceof SqlNumericLiteral || signed(node) != null;
  }

  /** Whether a node is a text. */
  static boolean isText(SqlNode node) {
    return node instanceof SqlCharStringLiteral;
  }

  /** Whether a node is a constant that differs, as a double, from all other numbers. */
  boolean isExactAsDouble(SqlNode node) {
    return isNumber(node) ? number(node).precision() <= EXACT_DIGITS : isLiteral(node);
  }

  /** Whether a node is TRUE or FALSE. */
  static boolean isTruth(SqlNode node) {
    return node instanceof SqlLiteral literal && literal.getValue() instanceof Boolean;
  }

  /** The value of TRUE or FALSE: 1 or 0. */
  static long truth(SqlNode node) {
    return ((SqlLiteral) node).booleanValue() ? 1 : 0;
  }

  static boolean isNull(SqlNode node) {
    return node instanceof SqlLiteral literal && literal.getTypeName() == SqlTypeName.NULL;
  }

  /** The value of a number. */
  BigDecimal number(SqlNode node) {
    SqlNumericLiteral literal = node instanceof SqlNumericLiteral plain ? plain : signed(node);
    if (!literal.isExact()) {
      throw refusals.at(
          node,
          "the floating-point constant " + literal + " is not supported",
          "write it without exponent");
    }
    refuseTwoSigns(node);
    BigDecimal number = literal.bigDecimalValue();
    return node.getKind() == SqlKind.MINUS_PREFIX ? number.negate() : number;
  }

  /** A constant with one sign is a literal; MySQL gives one with two signs another type. */
  private void refuseTwoSigns(SqlNode node) {
    if (MysqlParser.hasTwoSigns(node)) {
      throw refusals.at(
          node,
          "a constant with two signs is not supported",
          "write " + signed(node).bigDecimalValue().toPlainString());
    }
  }

  /** MySQL compares a number with a DOUBLE as the DOUBLE next to it. */
  private double floating(Column column, SqlNode node) {
    if (isTruth(node)) {
      return truth(node);
    }
    if (!isNumber(node)) {
      throw unlike(column, node, "write a number");
    }
    SqlNumericLiteral literal = node instanceof SqlNumericLiteral plain ? plain : signed(node);
    refuseTwoSigns(node);
    BigDecimal number = literal.bigDecimalValue();
    double value = number.doubleValue();
    if (!Double.isFinite(value) || number.precision() > DOUBLE_DIGITS) {
      throw refusals.at(
          node,
          node + " is not a value of '" + column.name() + "' (" + column.mysqlType() + ")",
          "take one of at most " + DOUBLE_DIGITS + " digits that the column can hold");
    }
    return node.getKind() == SqlKind.MINUS_PREFIX ? -value : value;
  }

  private BigDecimal number(Column column, SqlNode node, int scale) {
    if (isTruth(node)) {
      return BigDecimal.valueOf(truth(node));
    }
    if (isQuotedNumber(column, node)) {
      String digits = characters((SqlCharStringLiteral) node);
      return inRange(column, node, new BigDecimal(digits), scale);
    }
    if (node instanceof SqlBinaryStringLiteral literal && isBit(column)) {
      return inRange(column, node, new BigDecimal(new BigInteger(1, bytes(literal))), scale);
    }
    if (!isNumber(node)) {
      throw unlike(column, node, ColumnRules.isYear(column) ? YEAR : "write a number");
    }
    return inRange(column, node, number(node), scale);
  }

  /**
   * Whether a node is a text with the digits of a number that is compared with numbers. MySQL
   * converts it to an integer for an integer column, and to a YEAR for a YEAR, where other than
   * four digits mean another number; for a DECIMAL it compares both as doubles, which differ if the
   * numbers do and have few digits.
   */
  private static boolean isQuotedNumber(Column column, SqlNode node) {
    if (!(node instanceof SqlCharStringLiteral text) || isBit(column)) {
      return false;
    }
    String digits = text.getValueAs(String.class);
    if (ColumnRules.isYear(column)) {
      return QUOTED_YEAR.matcher(digits).matches();
    }
    boolean whole = column.type() == ValueType.INTEGER || MysqlTypes.base(column).equals("bigint");
    if (whole) {
      return QUOTED.matcher(digits).matches();
    }
    return MysqlTypes.precision(column) <= EXACT_DIGITS
        && QUOTED_DECIMAL.matcher(digits).matches()
        && new BigDecimal(digits).precision() <= EXACT_DIGITS;
  }

  private static boolean isBit(Column column) {
    return MysqlTypes.base(column).equals("bit");
  }

  private BigDecimal inRange(Column column, SqlNode node, BigDecimal number, int scale) {
    if (number.scale() > scale || !MysqlTypes.holds(column, number)) {
      throw refusals.at(
          node,
          number.toPlainString()
              + " is not a value of '"
              + column.name()
              + "' ("
              + column.mysqlType()
              + ")",
          ColumnRules.isYear(column) ? YEAR : "take one that the column can hold");
    }
    return number;
  }

  private String text(Column column, SqlNode node) {
    String text = characters(column, node, "text");
    refuseForeign(column.collation(), text, node);
    if (Members.has(column)) {
      return member(column, text, node);
    }
    if (ColumnRules.isFixedLength(column) && text.endsWith(" ")) {
      throw refusals.at(
          node,
          "text that ends in a space is never equal to the CHAR column '" + column.name() + "'",
          "leave out the space");
    }
    return text;
  }

  /** Returns the value of an ENUM or SET that is equal to a constant. */
  private String member(Column column, String text, SqlNode node) {
    Members members = Members.of(column);
    return members
        .named(text)
        .orElseThrow(
            () ->
                refusals.at(
                    node,
                    "'%s' is no value of '%s'".formatted(text, column.name()),
                    "take " + members));
  }

  private String characters(Column column, SqlNode node, String expected) {
    if (!(node instanceof SqlCharStringLiteral literal)) {
      throw unlike(column, node, "write " + expected);
    }
    return characters(literal);
  }

  /** The text of a constant. */
  String characters(SqlCharStringLiteral literal) {
    if (literal.getValueAs(org.apache.calcite.util.NlsString.class).getCharsetName() != null) {
      throw refusals.at(
          literal, "a character set in front of a text is not supported", "write the text alone");
    }
    return literal.getValueAs(String.class);
  }

  /**
   * Refuses a text that the collation's character set cannot represent, because MySQL would then
   * compare or return a text of another character set.
   */
  void refuseForeign(String collation, String text, SqlNode node) {
    boolean known =
        collation.startsWith("utf8mb4")
            || (collation.startsWith("utf8")
                ? text.chars().noneMatch(c -> Character.isSurrogate((char) c))
                : text.chars().allMatch(c -> c < 128));
    if (!known) {
      throw refusals.at(
          node,
          Constructs.written(node)
              + " may have characters that collation "
              + collation
              + " cannot hold",
          "compare with a STORED generated column of utf8mb4");
    }
  }

  /** The bytes of a constant. */
  byte[] bytes(SqlBinaryStringLiteral literal) {
    BitString bits = literal.getValueAs(BitString.class);
    if (bits.getBitCount() % 8 != 0) {
      throw refusals.at(literal, "X'...' has an odd number of digits", "write two digits per byte");
    }
    return bits.getAsByteArray();
  }

  private byte[] bytes(Column column, SqlNode node) {
    if (!(node instanceof SqlBinaryStringLiteral literal)) {
      throw unlike(column, node, "write bytes like X'0AFF'");
    }
    byte[] bytes = bytes(literal);
    if (ColumnRules.isFixedLength(column) && bytes.length != MysqlTypes.length(column, 1)) {
      throw refusals.at(
          node,
          "'%s' (%s) does not hold %d bytes"
              .formatted(column.name(), column.mysqlType(), bytes.length),
          "write exactly %d".formatted(MysqlTypes.length(column, 1)));
    }
    return bytes;
  }

  private long date(Column column, SqlNode node) {
    String text = characters(column, node, "a date like '2026-01-31'");
    Matcher matcher = DATE.matcher(text);
    if (!matcher.matches()) {
      throw badTime(column, node, "'YYYY-MM-DD'");
    }
    return calendarDay(column, node, matcher, "'YYYY-MM-DD'").toEpochDay();
  }

  private long time(Column column, SqlNode node) {
    String form = "'[-]HH:MM:SS[.ffffff]' within 838:59:59";
    String text = characters(column, node, "a time like '11:59:58'");
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw badTime(column, node, form);
    }
    refuseDigits(column, node, matcher.group(1) == null ? "" : matcher.group(1));
    long micros = CanonicalTime.timeMicros(text);
    if (Math.abs(micros) > LONGEST_TIME) {
      throw badTime(column, node, form);
    }
    return micros;
  }

  private void refuseDigits(Column column, SqlNode node, String fraction) {
    if (fraction.length() > MysqlTypes.length(column, 0)) {
      throw refusals.at(
          node,
          Constructs.written(node)
              + " has more digits than '"
              + column.name()
              + "' ("
              + column.mysqlType()
              + ")",
          "leave out the digits that the column does not hold");
    }
  }

  private long dateTime(Column column, SqlNode node) {
    String form = "'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS[.ffffff]'";
    String text = characters(column, node, "a date and time like '2026-01-31 12:00:00'");
    Matcher matcher = DATETIME.matcher(text);
    if (!matcher.matches()) {
      throw badTime(column, node, form);
    }
    LocalDate day = calendarDay(column, node, matcher, form);
    String fraction = matcher.group(7) == null ? "" : matcher.group(7);
    refuseDigits(column, node, fraction);
    if (matcher.group(4) == null) {
      return CanonicalTime.micros(day.atStartOfDay());
    }
    try {
      return CanonicalTime.micros(
          day.atTime(
              Integer.parseInt(matcher.group(4)),
              Integer.parseInt(matcher.group(5)),
              Integer.parseInt(matcher.group(6)),
              Integer.parseInt(fraction + "0".repeat(9 - fraction.length()))));
    } catch (DateTimeException e) {
      throw badTime(column, node, form);
    }
  }

  private LocalDate calendarDay(Column column, SqlNode node, Matcher matcher, String form) {
    int year = Integer.parseInt(matcher.group(1));
    try {
      LocalDate day =
          LocalDate.of(
              year, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
      if (year >= 1000) {
        return day;
      }
    } catch (DateTimeException e) {
      // Falls through to the refusal: the day does not exist.
    }
    throw badTime(column, node, form);
  }

  private ViewException badTime(Column column, SqlNode node, String form) {
    return refusals.at(
        node,
        Constructs.written(node)
            + " is not a value of '"
            + column.name()
            + "' ("
            + column.mysqlType()
            + ")",
        (column.type() == ValueType.TIME ? "write a time as " : "write a date of the calendar as ")
            + form);
  }

  private ViewException unlike(Column column, SqlNode node, String remedy) {
    return refusals.at(
        node,
        Constructs.name(node).replaceFirst("^the constant ", "")
            + " is compared with '"
            + column.name()
            + "' ("
            + column.mysqlType().toLowerCase(Locale.ROOT)
            + ")",
        remedy);
  }
}
