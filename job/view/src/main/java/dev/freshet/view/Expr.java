package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * An expression over the rows of a plan's nodes: a value, or a condition. Conditions have SQL's
 * three-valued logic: they are true, false or unknown ({@code null}).
 */
public sealed interface Expr extends Serializable {
  /** The condition that is always true. */
  Expr TRUE = new And(List.of());

  /** The same expression with its column references replaced. */
  Expr mapped(UnaryOperator<ColumnRef> columns);

  /** A column of a node; NULL where the node has no row. */
  record ColumnRef(int node, int column) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return columns.apply(this);
    }
  }

  /** A constant in canonical form; never NULL. */
  record Literal(ValueType type, Serializable value) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return this;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Literal literal
          && type == literal.type
          && Objects.deepEquals(value, literal.value);
    }

    @Override
    public int hashCode() {
      return Values.hash(value);
    }

    /** Prints the bytes of a byte string, because fingerprints of plans contain this text. */
    @Override
    public String toString() {
      return "Literal[type=" + type + ", value=" + Values.print(value) + "]";
    }
  }

  /** The value NULL. */
  record Null() implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return this;
    }
  }

  /** The first operand that is not NULL; NULL if all operands are. All have one type and scale. */
  record Coalesce(List<Expr> operands) implements Expr {
    public Coalesce {
      operands = List.copyOf(operands);
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Coalesce(each(operands, columns));
    }
  }

  /** The concatenation of texts, or of byte strings; NULL if an operand is NULL. */
  record Concat(ValueType type, List<Expr> operands) implements Expr {
    public Concat {
      operands = List.copyOf(operands);
      if (type != ValueType.STRING && type != ValueType.BYTES) {
        throw new IllegalArgumentException(type + " cannot be concatenated");
      }
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Concat(type, each(operands, columns));
    }
  }

  /**
   * The texts that are not NULL, with the first operand between them; NULL if the first operand is
   * NULL.
   */
  record Joined(List<Expr> operands) implements Expr {
    public Joined {
      operands = List.copyOf(operands);
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Joined(each(operands, columns));
    }
  }

  /** A text in capital or small letters. */
  record Cased(Expr operand, boolean upper, String collation) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Cased(operand.mapped(columns), upper, collation);
    }
  }

  /** A branch of {@link Case}: a condition, and the value if it is true. */
  record When(Expr condition, Expr value) implements Serializable {}

  /** The value of the first branch whose condition is true, or {@code otherwise}. */
  record Case(List<When> branches, Expr otherwise) implements Expr {
    public Case {
      branches = List.copyOf(branches);
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Case(
          branches.stream()
              .map(w -> new When(w.condition().mapped(columns), w.value().mapped(columns)))
              .toList(),
          otherwise.mapped(columns));
    }
  }

  /** What {@link Scaled} does with the digits beyond its scale. */
  enum Digits {
    /** They are rounded, half away from zero. */
    ROUNDED,
    /** They are cut off. */
    CUT,
    /** They are rounded where MySQL shows the value; it compares and sorts with all digits. */
    HIDDEN
  }

  /** A number as a DECIMAL with exactly {@code scale} digits after the point. */
  record Scaled(Expr operand, int scale, Digits digits) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Scaled(operand.mapped(columns), scale, digits);
    }
  }

  /** The operators of {@link Arithmetic}. */
  enum Operator {
    PLUS,
    MINUS,
    TIMES,
    DIVIDE,
    MODULO
  }

  /** The numbers in which {@link Arithmetic} calculates. */
  enum Numbers {
    /** Whole numbers within BIGINT. */
    SIGNED,
    /** Whole numbers within BIGINT UNSIGNED. */
    UNSIGNED,
    /** Decimals, with as many digits as MySQL has before it shows a result. */
    DECIMAL,
    /** Decimals of which none is negative. */
    UNSIGNED_DECIMAL;

    public boolean areDecimals() {
      return this == DECIMAL || this == UNSIGNED_DECIMAL;
    }
  }

  /** A calculation with numbers; NULL if an operand is NULL, and for a division by zero. */
  record Arithmetic(Operator operator, Numbers numbers, Expr left, Expr right) implements Expr {
    /** MySQL keeps decimals in words of nine digits. */
    private static final int WORD = 9;

    /** The {@code div_precision_increment} of every connection. */
    private static final int MORE_DIGITS = 4;

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Arithmetic(operator, numbers, left.mapped(columns), right.mapped(columns));
    }

    /**
     * The number of digits after the point of a quotient of decimals, before it is shown: as in
     * MySQL with {@code div_precision_increment=4} a multiple of nine, after which the quotient is
     * cut off.
     */
    public static int quotientDigits(int dividend, int divisor) {
      int filled = filled(dividend) + filled(divisor);
      return filled(filled + Math.max(0, MORE_DIGITS - (filled - dividend - divisor)));
    }

    private static int filled(int digits) {
      return (digits + WORD - 1) / WORD * WORD;
    }
  }

  /** The functions of {@link Call}. */
  enum Function {
    /** The least of whole numbers, or of decimals; the first of equal ones. */
    LEAST,
    /** The greatest of whole numbers, or of decimals; the last of equal ones. */
    GREATEST,
    /** The absolute value of a number. */
    ABS,
    /** The largest whole number that is not above a decimal; within BIGINT. */
    FLOOR,
    /** The smallest whole number that is not below a decimal; within BIGINT. */
    CEILING,
    /** −1, 0 or 1. */
    SIGN,
    /** The number of characters of a text. */
    CHARACTERS,
    /** The number of bytes of a byte string. */
    BYTES,
    /**
     * Characters of a text. Operands: the text, the position of the first character, counted from 1
     * or, if negative, from behind; and the maximum number of characters, which may be left out.
     */
    SUBSTRING,
    /** The first characters of a text; none if their number is negative. */
    LEFT,
    /** The last characters of a text. */
    RIGHT,
    /** A text, with each occurrence of the second operand replaced by the third. */
    REPLACE,
    /** A text without any repetition of the second operand at its beginning. */
    TRIM_START,
    /** A text without any repetition of the second operand at its end. */
    TRIM_END,
    /** The bytes of a text in UTF-8. */
    UTF8,
    /** Bytes in hexadecimal digits. */
    HEX,
    /** A whole number in hexadecimal digits; a negative one plus 2^64. */
    HEX_NUMBER,
    /** The MD5 sum of bytes in hexadecimal digits. */
    MD5,
    /** A whole number or decimal as a text. */
    NUMBER_TEXT,
    /** The day of a DATETIME. */
    DAY_OF_DATETIME,
    /** The year of a day. */
    YEAR,
    /** The month of a day. */
    MONTH,
    /** The day of the month of a day. */
    DAY,
    /** The day so many days later; NULL outside the years that MySQL has. */
    ADD_DAYS,
    /** The day so many months later, or the month's last day if it is shorter. */
    ADD_MONTHS,
    /** The same for a DATETIME. */
    ADD_MONTHS_TO_DATETIME,
    /** The DATETIME so many microseconds later; NULL outside the years that MySQL has. */
    ADD_MICROS,
    /** The seconds since 1970 of a TIMESTAMP, with six digits after the point. */
    SECONDS,
    /** The number of a BIT with fewer than 64 bits. */
    BIT_NUMBER,
    /** The third operand if a SET has the member that is the second, otherwise 0. */
    FIND_IN_SET
  }

  /** The result of a function; NULL if an operand is NULL. */
  record Call(Function function, List<Expr> operands) implements Expr {
    public Call {
      operands = List.copyOf(operands);
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Call(function, each(operands, columns));
    }
  }

  /**
   * The bytes by which MySQL sorts a text whose collation pads, however long it is: the weights of
   * its characters, then those of spaces, up to {@link #BYTES}, which is MySQL's default for {@code
   * max_sort_length}. NULL if the operand is NULL.
   *
   * @param collation the operand's collation
   */
  record SortKey(Expr operand, String collation) implements Expr {
    /** The length of the key. */
    public static final int BYTES = 1024;

    /**
     * How many characters of a text count. Texts in use have the weights for {@link #BYTES} in far
     * fewer; the limit keeps MySQL from weighing megabytes for each of them.
     */
    public static final int CHARACTERS = 4096;

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new SortKey(operand.mapped(columns), collation);
    }
  }

  /**
   * The number by which MySQL sorts: of an ENUM, the member's place, counted from 1; of a SET, a
   * bit for each member. It is 0 for the empty text, which no member has. Throws an {@link
   * ArithmeticException} for a member that came later.
   *
   * @param set whether the operand is a SET, of at most 63 members
   */
  record MemberNumber(Expr operand, List<String> members, boolean set) implements Expr {
    public MemberNumber {
      members = List.copyOf(members);
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new MemberNumber(operand.mapped(columns), members, set);
    }
  }

  /** The text of a value in a JSON document; NULL if the document has no value there. */
  record JsonText(Expr operand, String path) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new JsonText(operand.mapped(columns), path);
    }
  }

  /** The comparison operators. */
  enum Comparator {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  /** {@code left op right}; both operands have one type and collation. */
  record Comparison(Comparator comparator, Expr left, Expr right, ValueType type, String collation)
      implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Comparison(
          comparator, left.mapped(columns), right.mapped(columns), type, collation);
    }
  }

  /**
   * Whether a text matches a pattern.
   *
   * @param escape the character of the pattern after which the next stands for itself; empty for
   *     none
   */
  record Like(Expr operand, String pattern, String escape, String collation) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Like(operand.mapped(columns), pattern, escape, collation);
    }
  }

  /** Conjunction; true without operands. */
  record And(List<Expr> operands) implements Expr {
    public And {
      operands = List.copyOf(operands);
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new And(each(operands, columns));
    }
  }

  /** Disjunction; false without operands. */
  record Or(List<Expr> operands) implements Expr {
    public Or {
      operands = List.copyOf(operands);
    }

    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Or(each(operands, columns));
    }
  }

  /** Negation; unknown stays unknown. */
  record Not(Expr operand) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new Not(operand.mapped(columns));
    }
  }

  /** Whether the operand is NULL; never unknown. */
  record IsNull(Expr operand) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new IsNull(operand.mapped(columns));
    }
  }

  /** A number as a condition: true unless the number is zero. */
  record NotZero(Expr operand) implements Expr {
    @Override
    public Expr mapped(UnaryOperator<ColumnRef> columns) {
      return new NotZero(operand.mapped(columns));
    }
  }

  private static List<Expr> each(List<Expr> operands, UnaryOperator<ColumnRef> columns) {
    return operands.stream().map(operand -> operand.mapped(columns)).toList();
  }
}
