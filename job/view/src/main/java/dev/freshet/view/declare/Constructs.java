package dev.freshet.view.declare;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.util.NlsString;

/** The names of SQL constructs in messages, and what to write instead of those that are known. */
final class Constructs {
  /** Functions of the clock. */
  private static final Set<String> CLOCK =
      Set.of(
          "CURDATE",
          "CURRENT_DATE",
          "CURRENT_TIME",
          "CURRENT_TIMESTAMP",
          "CURTIME",
          "LOCALTIME",
          "LOCALTIMESTAMP",
          "NOW",
          "SYSDATE",
          "UNIX_TIMESTAMP",
          "UTC_DATE",
          "UTC_TIME",
          "UTC_TIMESTAMP");

  /** Functions whose value is no value of the rows. */
  private static final Set<String> FOREIGN =
      Set.of(
          "BENCHMARK",
          "CONNECTION_ID",
          "CURRENT_USER",
          "DATABASE",
          "FOUND_ROWS",
          "GET_LOCK",
          "LAST_INSERT_ID",
          "LOAD_FILE",
          "RAND",
          "ROW_COUNT",
          "SCHEMA",
          "SESSION_USER",
          "SLEEP",
          "SYSTEM_USER",
          "USER",
          "UUID",
          "UUID_SHORT",
          "VERSION");

  private static final String OF_CLOCK =
      "an answer changes with its rows, not with the clock; in WHERE, make the column the first of"
          + " ORDER BY and compare it with ?, for which each read gives a value; or select the column"
          + " and compare in the client";
  private static final String OF_ZONE =
      "it depends on the session's time zone; select the column and compute it in the client";
  private static final String COUNTED =
      "an answer's total counts its entries; select the rows and compute the rest in the client";
  static final String GENERATED =
      "add a STORED generated column for it to the table, or compute it in the client";

  private Constructs() {}

  static String name(SqlNode node) {
    if (node instanceof SqlLiteral literal) {
      return "the constant " + written(literal);
    }
    SqlKind kind = node.getKind();
    return switch (kind) {
      case SELECT, UNION, INTERSECT, EXCEPT, ORDER_BY, SCALAR_QUERY, WITH, SOME, ALL ->
          "a sub-query";
      case LITERAL_CHAIN -> "a text in several parts";
      case EXISTS -> "EXISTS";
      case VALUES -> "VALUES";
      case PLUS, MINUS, TIMES, DIVIDE, MOD, MINUS_PREFIX, PLUS_PREFIX -> "arithmetic";
      case IDENTIFIER -> "a column";
      case CASE -> "CASE";
      case CAST -> "CAST";
      case LIKE -> ((SqlCall) node).getOperator().getName();
      case OVER -> "a window function";
      case ROW -> "a list of values in brackets";
      case DYNAMIC_PARAM -> "the parameter ?";
      default -> isCondition(node) ? "a condition" : other(node);
    };
  }

  /** A constant as its author writes it; the parser would escape letters beyond ASCII. */
  static String written(SqlNode constant) {
    return constant instanceof SqlCharStringLiteral text
            && text.getValueAs(NlsString.class).getCharsetName() == null
        ? "'" + text.getValueAs(String.class).replace("'", "''") + "'"
        : constant.toString();
  }

  static boolean isCondition(SqlNode node) {
    return switch (node.getKind()) {
      case EQUALS,
          NOT_EQUALS,
          LESS_THAN,
          LESS_THAN_OR_EQUAL,
          GREATER_THAN,
          GREATER_THAN_OR_EQUAL,
          AND,
          OR,
          NOT,
          IN,
          NOT_IN,
          BETWEEN,
          LIKE,
          IS_NULL,
          IS_NOT_NULL,
          IS_TRUE,
          IS_NOT_TRUE,
          IS_FALSE,
          IS_NOT_FALSE ->
          true;
      default -> false;
    };
  }

  private static String other(SqlNode node) {
    if (!(node instanceof SqlCall call)) {
      return node.getKind().lowerName.replace('_', ' ');
    }
    String operator = call.getOperator().getName();
    if (!(call.getOperator() instanceof SqlFunction)) {
      return operator;
    }
    boolean aggregate = Grouping.AGGREGATES.contains(operator.toUpperCase(Locale.ROOT));
    // With an operand it is a function of the rows, which is supported.
    boolean ofClock = operator.equalsIgnoreCase("UNIX_TIMESTAMP");
    return (aggregate ? "the aggregate " : "the function ")
        + operator
        + (ofClock ? " without an operand" : "");
  }

  /** What to write instead of a construct that is known by name; empty for all others. */
  static Optional<String> remedy(SqlNode node) {
    if (isIn(node, CLOCK)) {
      return Optional.of(OF_CLOCK);
    }
    if (isIn(node, FOREIGN)) {
      return Optional.of("leave it out; an answer depends on its rows alone");
    }
    return switch (node.getKind()) {
      case SELECT, UNION, INTERSECT, EXCEPT, ORDER_BY, SCALAR_QUERY, EXISTS, WITH, SOME, ALL ->
          Optional.of(
              "if at most one row can match, join its table by that key; if not, decide in the client");
      case OVER ->
          Optional.of("compute it in the client; the entries come in the order of ORDER BY");
      case ROW -> Optional.of("compare one by one: a = 1 AND b = 2");
      case LITERAL_CHAIN -> Optional.of("write it in one");
      case DYNAMIC_PARAM, IDENTIFIER, VALUES -> Optional.empty();
      default ->
          node instanceof SqlCall call && call.getOperator() instanceof SqlFunction
              ? Optional.of(remedy(call.getOperator().getName().toUpperCase(Locale.ROOT)))
              : Optional.empty();
    };
  }

  /** What an unknown name is if it is a function of MySQL that is written without brackets. */
  static Optional<String> functionNamed(String name) {
    return CLOCK.contains(name.toUpperCase(Locale.ROOT)) ? Optional.of(OF_CLOCK) : Optional.empty();
  }

  /** Whether one of some functions is called somewhere in a node. */
  private static boolean isIn(SqlNode node, Set<String> functions) {
    boolean[] found = {false};
    node.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlCall call) {
            String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
            boolean ofOperand = name.equals("UNIX_TIMESTAMP") && call.operandCount() > 0;
            found[0] |=
                call.getOperator() instanceof SqlFunction && functions.contains(name) && !ofOperand;
            return super.visit(call);
          }

          @Override
          public Void visit(SqlIdentifier name) {
            found[0] |=
                functions == CLOCK
                    && name.isSimple()
                    && functionNamed(name.getSimple()).isPresent();
            return null;
          }
        });
    return found[0];
  }

  private static String remedy(String function) {
    if (Grouping.AGGREGATES.contains(function)) {
      return COUNTED;
    }
    return switch (function) {
      case "CONVERT" -> "write CAST(... AS ...), or add a STORED generated column for it";
      case "FROM_UNIXTIME" -> OF_ZONE;
      default -> GENERATED;
    };
  }
}
