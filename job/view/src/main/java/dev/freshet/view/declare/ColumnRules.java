package dev.freshet.view.declare;

import dev.freshet.view.CharacterSets;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Members;
import dev.freshet.view.ValueType;
import dev.freshet.view.collation.Collation;
import java.util.Locale;
import java.util.Optional;

/**
 * Which operations on a column have the same result in MySQL, the job and the store. Each method
 * returns why an operation is refused, or empty if it is allowed.
 */
final class ColumnRules {
  /** The collation that compares the bytes of UTF-8, including trailing spaces. */
  static final String EXACT = "utf8mb4_0900_bin";

  /** A collation that compares the bytes of cp1252, whose order is not that of code points. */
  private static final String UNORDERED = "latin1_bin";

  /** The characters that always fit into {@link Expr.SortKey#BYTES}, the rarest aside. */
  private static final int SORTED_CHARACTERS = 255;

  /** The members of a SET whose number is a BIGINT. */
  private static final int SORTED_MEMBERS = 63;

  /** The bits of a BIT whose numbers are exact in all ways in which MySQL compares them. */
  private static final int COMPARED_BITS = 32;

  private ColumnRules() {}

  /** Why a column cannot be shown. */
  static Optional<String> againstShowing(Column column) {
    if (!MysqlTypes.isComputable(column)) {
      return Optional.of("columns of type " + column.mysqlType() + " are not supported");
    }
    if (isText(column)
        && !Members.has(column)
        && !isJson(column)
        && !CharacterSets.isRead(column.collation())) {
      return Optional.of(
          "text of character set "
              + CharacterSets.of(column.collation())
              + " is not supported: Java decodes some of its bytes differently from MySQL;"
              + " use utf8mb4");
    }
    return Optional.empty();
  }

  /** Why a column cannot be an operand of CASE, COALESCE or CONCAT. */
  static Optional<String> againstComputing(Column column) {
    return MysqlTypes.base(column).equals("time")
        ? Optional.of("TIME columns can be shown, compared, joined and sorted by only")
        : againstItsKind(column);
  }

  /** Why a column cannot be compared, not even for equality. */
  static Optional<String> againstComparing(Column column) {
    if (Members.has(column)) {
      return againstShowing(column)
          .or(() -> Members.of(column).ambiguity())
          .or(() -> againstCollationOfMembers(column))
          .map(reason -> type(column) + " " + reason + " can be shown only");
    }
    if (isDouble(column)) {
      return againstShowing(column);
    }
    Optional<String> kind = againstItsKind(column);
    if (kind.isEmpty() && isText(column) && !isCompared(column.collation())) {
      return Optional.of("text of collation " + column.collation() + " cannot be compared");
    }
    return kind;
  }

  /** Only of one level, the canonical text of a SET is known to be those of its members. */
  private static Optional<String> againstCollationOfMembers(Column column) {
    String collation = column.collation();
    return isCompared(collation) && (!Members.isSet(column) || hasOneLevel(collation))
        ? Optional.empty()
        : Optional.of(collation.isEmpty() ? "of bytes" : "of collation " + collation);
  }

  private static String type(Column column) {
    return Members.isSet(column) ? "a SET" : "an ENUM";
  }

  /** Why a column cannot be compared by less and greater. */
  static Optional<String> againstOrdering(Column column) {
    Optional<String> comparing =
        Members.has(column) ? againstItsKind(column) : againstComparing(column);
    if (comparing.isEmpty() && isUnpaddedChar(column)) {
      String type = MysqlTypes.base(column).toUpperCase(Locale.ROOT);
      return Optional.of(type + " columns can be compared by = and <> only");
    }
    if (comparing.isEmpty() && column.collation().equals(UNORDERED)) {
      return Optional.of(
          "text of collation " + column.collation() + " can be compared by = and <> only");
    }
    return comparing;
  }

  /** Why a column cannot be part of a join or a key. */
  static Optional<String> againstIdentity(Column column) {
    Optional<String> kind = Members.has(column) ? againstComparing(column) : againstItsKind(column);
    if (kind.isPresent()) {
      return kind;
    }
    if (isText(column) && !isCompared(column.collation())) {
      return Optional.of(
          "text of collation " + column.collation() + " has several values that are equal");
    }
    return MysqlTypes.indexBytes(column) == Integer.MAX_VALUE
        ? Optional.of("columns of type " + column.mysqlType() + " are too long for a key")
        : Optional.empty();
  }

  /** Whether a collation compares base letters only, or code points. */
  private static boolean hasOneLevel(String collation) {
    return Collation.of(collation).filter(each -> !each.hasOneLevel()).isEmpty();
  }

  /** Why whole values of a column cannot be sorted by. */
  static Optional<String> againstSorting(Column column) {
    Optional<String> kind = againstSortingAtAll(column);
    if (kind.isPresent()) {
      return kind;
    }
    if (isSortedByItsBeginning(column)) {
      return Optional.of(
          "MySQL sorts columns of type "
              + column.mysqlType()
              + " by their first 1024 bytes, and in full where it uses an index");
    }
    return MysqlTypes.indexBytes(column) == Integer.MAX_VALUE
        ? Optional.of(
            "MySQL sorts columns of type " + column.mysqlType() + " in full, the store cannot")
        : Optional.empty();
  }

  /**
   * Whether MySQL sorts values by their {@link Expr.SortKey} in every plan. It sorts a VARCHAR in
   * full if it reads an index of it.
   *
   * @param ofTable whether the values are a table's column, and not computed
   */
  static boolean isSortedByKey(Column column, boolean ofTable) {
    boolean indexed = ofTable && MysqlTypes.base(column).equals("varchar");
    return !indexed && isSortedByItsBeginning(column) && againstSortingAtAll(column).isEmpty();
  }

  /** Whether MySQL sorts values by the number of an ENUM's or SET's value. */
  static boolean isSortedByNumber(Column column) {
    return Members.has(column) && againstSortingAtAll(column).isEmpty();
  }

  private static Optional<String> againstSortingAtAll(Column column) {
    if (isDouble(column)) {
      return againstShowing(column);
    }
    if (Members.has(column)) {
      return againstComparing(column)
          .or(
              () ->
                  Members.isSet(column) && Members.of(column).all().size() > SORTED_MEMBERS
                      ? Optional.of("a SET of more than " + SORTED_MEMBERS + " members")
                      : Optional.empty());
    }
    return switch (column.type()) {
      // The store refuses the few values that MySQL sorts in two ways.
      case STRING ->
          isUnpaddedChar(column) && hasOneLevel(column.collation())
              ? againstComparing(column)
              : againstOrdering(column);
      case BYTES -> againstItsKind(column);
      default -> againstIdentity(column);
    };
  }

  /**
   * Whether MySQL sorts values by their first bytes only: {@code max_sort_length} limits collations
   * that pad.
   */
  private static boolean isSortedByItsBeginning(Column column) {
    boolean isShort =
        (MysqlTypes.base(column).equals("varchar") || isFixedLength(column))
            && MysqlTypes.length(column, 1) <= SORTED_CHARACTERS;
    return !isShort && Collation.of(column.collation()).filter(Collation::pads).isPresent();
  }

  /** Why two columns cannot be compared with each other, although each of them can be compared. */
  static Optional<String> againstPair(Column left, Column right) {
    if (isNumber(left) && isNumber(right)) {
      return Optional.empty();
    }
    if (left.type() != right.type()) {
      return Optional.of(describe(left) + " and " + describe(right) + " are of different types");
    }
    boolean sameKind =
        switch (left.type()) {
          case STRING -> left.collation().equals(right.collation()) && areAlike(left, right);
          case INTEGER -> isYear(left) == isYear(right);
          case BYTES -> fixedBytes(left) == fixedBytes(right);
          default -> true;
        };
    return sameKind
        ? Optional.empty()
        : Optional.of(
            describe(left) + " and " + describe(right) + " are not compared value by value");
  }

  /**
   * Whether two texts are of one kind. ENUMs and SETs are, if they have the same members: otherwise
   * MySQL finds the one column, by a constant that the other is equal to, as by a number.
   */
  private static boolean areAlike(Column left, Column right) {
    boolean haveMembers = Members.has(left) || Members.has(right);
    return haveMembers
        ? left.mysqlType().equals(right.mysqlType())
        : isFixedLength(left) == isFixedLength(right);
  }

  /**
   * Why two columns cannot be compared for equality, although they can be compared. MySQL joins
   * numbers of two types as DECIMALs with the digits of the one and the fraction of the other; the
   * numbers that are too large for that are equal to each other then.
   */
  static Optional<String> againstEquating(Column left, Column right) {
    int scale = Math.max(MysqlTypes.scale(left), MysqlTypes.scale(right));
    boolean exact =
        !isNumber(left)
            || !isNumber(right)
            || Math.max(digits(left), digits(right)) - scale
                >= Math.max(
                    digits(left) - MysqlTypes.scale(left), digits(right) - MysqlTypes.scale(right));
    return exact
        ? Optional.empty()
        : Optional.of(
            "MySQL takes large numbers of "
                + describe(left)
                + " and "
                + describe(right)
                + " as equal");
  }

  private static int digits(Column number) {
    return MysqlTypes.largest(number).precision();
  }

  /** Whether a column holds exact numbers, which MySQL compares by their values. */
  private static boolean isNumber(Column column) {
    return (column.type() == ValueType.INTEGER && !isYear(column))
        || column.type() == ValueType.DECIMAL;
  }

  /**
   * What to take instead of a column that a method above refuses. The application's column stays as
   * it is; which values of the new column are equal is for the author to say.
   *
   * @param otherwise the advice where no generated column helps
   */
  static String instead(Column column, String otherwise) {
    String name = ReservedWords.quoted(column.name());
    String value =
        switch (MysqlTypes.base(column)) {
          case "json" ->
              text(
                  suffixed(column, "_value"),
                  40,
                  "JSON_UNQUOTE(JSON_EXTRACT(" + name + ", '$.member'))");
          case "enum" -> text(suffixed(column, "_text"), 40, name);
          case "set" ->
              suffixed(column, "_has") + " TINYINT AS (FIND_IN_SET('member', " + name + ") > 0)";
          case "bit" -> suffixed(column, "_number") + " BIGINT UNSIGNED AS (" + name + " + 0)";
          case "float", "double", "real" ->
              suffixed(column, "_exact") + " DECIMAL(30,10) AS (" + name + ")";
          case "varchar", "char" ->
              text(
                  suffixed(column, "_key"),
                  MysqlTypes.length(column, 1),
                  isBinary(column.collation()) ? name : "LOWER(" + name + ")");
          default -> "";
        };
    return value.isEmpty() || MysqlTypes.length(column, 1) > SORTED_CHARACTERS
        ? otherwise
        : "take a STORED generated column, such as "
            + value
            + " STORED"
            + (column.nullable() ? "" : " NOT NULL");
  }

  /** What to take instead of two columns that {@link #againstPair} refuses to compare. */
  static String insteadOfPair(Column left, Column right, String otherwise) {
    if (left.type() != right.type() || !(Members.has(left) || Members.has(right))) {
      return otherwise;
    }
    boolean both = Members.has(left) && Members.has(right);
    Column other = Members.has(left) ? right : left;
    return "take a STORED generated column%s, such as %s STORED"
        .formatted(
            both ? " for each of two" : "",
            text(
                suffixed(Members.has(left) ? left : right, "_text"),
                isFixedLength(other) && !both ? "CHAR(40)" : "VARCHAR(40)",
                both ? EXACT : other.collation(),
                ReservedWords.quoted((Members.has(left) ? left : right).name())));
  }

  /** What to sort by instead of a column; MySQL sorts an ENUM by the places of its members. */
  static String insteadInOrder(Column column, String otherwise) {
    return MysqlTypes.base(column).equals("enum")
        ? "take a STORED generated column, such as %s SMALLINT UNSIGNED AS (%s + 0) STORED%s"
            .formatted(
                suffixed(column, "_place"),
                ReservedWords.quoted(column.name()),
                column.nullable() ? "" : " NOT NULL")
        : instead(column, otherwise);
  }

  /** The name of a column that is made of another. */
  private static String suffixed(Column column, String suffix) {
    return ReservedWords.quoted(column.name() + suffix);
  }

  private static String text(String name, int length, String value) {
    return text(name, "VARCHAR(" + length + ")", EXACT, value);
  }

  private static String text(String name, String type, String collation, String value) {
    return "%s %s CHARACTER SET %s COLLATE %s AS (%s)"
        .formatted(name, type, CharacterSets.of(collation), collation, value);
  }

  private static boolean isBinary(String collation) {
    return collation.equals("binary") || collation.endsWith("_bin") || collation.endsWith("_cs");
  }

  private static boolean isJson(Column column) {
    return MysqlTypes.base(column).equals("json");
  }

  private static boolean isDouble(Column column) {
    return MysqlTypes.base(column).equals("double") || MysqlTypes.base(column).equals("real");
  }

  static boolean isExact(Column column) {
    return column.collation().equals(EXACT);
  }

  /** Whether the column is a BIT that can be compared as a number. */
  static boolean isComparedBit(Column column) {
    return column.type() == ValueType.BYTES
        && MysqlTypes.base(column).equals("bit")
        && MysqlTypes.length(column, 1) <= COMPARED_BITS;
  }

  static boolean isFixedLength(Column column) {
    return MysqlTypes.base(column).equals("char") || MysqlTypes.base(column).equals("binary");
  }

  /** The length in bytes of a fixed-length column; 0 for other columns. */
  private static int fixedBytes(Column column) {
    return MysqlTypes.base(column).equals("binary") ? MysqlTypes.length(column, 1) : 0;
  }

  /** Whether texts of a collation compare here as in MySQL, at least for equality. */
  static boolean isCompared(String collation) {
    return collation.equals(EXACT) || Collation.of(collation).isPresent();
  }

  /**
   * Whether the column is a CHAR whose collation does not pad. MySQL itself answers {@code x
   * BETWEEN 'A' AND 'a'} differently with and without an index for such a column.
   */
  private static boolean isUnpaddedChar(Column column) {
    return isFixedLength(column)
        && Collation.of(column.collation()).filter(Collation::pads).isEmpty();
  }

  private static boolean isText(Column column) {
    return column.type() == ValueType.STRING;
  }

  static boolean isYear(Column column) {
    return MysqlTypes.base(column).equals("year");
  }

  static String describe(Column column) {
    String collation = column.collation().isEmpty() ? "" : " " + column.collation();
    return "'" + column.name() + "' (" + column.mysqlType() + collation + ")";
  }

  private static Optional<String> againstItsKind(Column column) {
    Optional<String> showing = againstShowing(column);
    if (showing.isPresent()) {
      return showing;
    }
    return switch (MysqlTypes.base(column)) {
      case "bit" ->
          column.type() == ValueType.INTEGER
              ? Optional.empty()
              : Optional.of(
                  "columns of type BIT can be shown, and compared up to BIT("
                      + COMPARED_BITS
                      + "), only");
      case "enum", "set", "json" ->
          Optional.of(
              "columns of type "
                  + MysqlTypes.base(column).toUpperCase(Locale.ROOT)
                  + (Members.has(column)
                      ? " can be shown, compared by = and <>, joined, sorted by, and in a key only"
                      : " can be shown only"));
      case "float" -> Optional.of("FLOAT columns can be shown only; take DECIMAL");
      case "double", "real" ->
          Optional.of("DOUBLE columns can be shown, compared and sorted by only; take DECIMAL");
      default -> Optional.empty();
    };
  }
}
