package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import dev.freshet.view.event.Argument;
import dev.freshet.view.event.EventFunction;
import dev.freshet.view.event.EventFunction.Kind;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Translates functions over events, with FILTER and IGNORE NULLS. */
final class EventFunctions {
  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("SET_ONCE", Kind.SET_ONCE),
          Map.entry("MIN", Kind.MIN),
          Map.entry("MAX", Kind.MAX),
          Map.entry("NTH_BY", Kind.NTH_BY),
          Map.entry("MIN_BY", Kind.MIN_BY),
          Map.entry("MAX_BY", Kind.MAX_BY),
          Map.entry("BOOL_OR", Kind.BOOL_OR),
          Map.entry("BOOL_AND", Kind.BOOL_AND),
          Map.entry("COUNT", Kind.COUNT),
          Map.entry("SUM", Kind.SUM),
          Map.entry("AVG", Kind.AVG));

  static final String ENTRIES =
      "group by the id of an entry too, so that each is a row of the answer";
  private static final String NTH = "write NTH_BY(value, time, n)";

  /** Functions that there are not, with what to write instead. */
  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          Map.entry("LAST_VALUE", "write MAX_BY(value, time): the order of arrival means nothing"),
          Map.entry("FIRST_VALUE", "write MIN_BY(value, time), or SET_ONCE(value)"),
          Map.entry("LAG", NTH),
          Map.entry("LEAD", NTH),
          Map.entry("NTH_VALUE", NTH),
          Map.entry("ROW_NUMBER", "leave it out; the entries come in the order of ORDER BY"),
          Map.entry("RANK", "leave it out; the entries come in the order of ORDER BY"),
          Map.entry("ANY_VALUE", "write SET_ONCE(value)"),
          Map.entry("SINGLE_VALUE", "write SET_ONCE(value)"),
          Map.entry("EVERY", "write BOOL_AND(condition)"),
          Map.entry("ARG_MAX", "write MAX_BY(value, time)"),
          Map.entry("ARG_MIN", "write MIN_BY(value, time)"),
          Map.entry("LISTAGG", ENTRIES),
          Map.entry("STRING_AGG", ENTRIES),
          Map.entry("ARRAY_AGG", ENTRIES),
          Map.entry("COLLECT", ENTRIES),
          Map.entry("JSON_ARRAYAGG", ENTRIES),
          Map.entry("JSON_OBJECTAGG", ENTRIES));

  private static final String LIST =
      "take SET_ONCE, MIN, MAX, NTH_BY, MIN_BY, MAX_BY, BOOL_OR, BOOL_AND, COUNT(DISTINCT ...),"
          + " COUNT(*), SUM or AVG";

  /** The digits that an average has more than the sum. */
  private static final int MORE_DIGITS = 4;

  private static final int MOST_DIGITS = 65;
  private static final int MOST_SCALE = 30;

  private final Refusals refusals;
  private final Scope scope;

  /**
   * A function.
   *
   * @param result its type; the name is for messages
   * @param text as written, in one line
   */
  record Call(EventFunction function, Column result, String text) {}

  /**
   * @param scope has the columns of the events as those of node 0
   */
  EventFunctions(Refusals refusals, Scope scope) {
    this.refusals = refusals;
    this.scope = scope;
  }

  /** Whether a node calls a function over several rows, one that is refused included. */
  static boolean isFunction(SqlNode node) {
    SqlNode inner = unwrapped(node);
    return inner != node || (inner instanceof SqlCall call && isNamed(nameOf(call)));
  }

  private static boolean isNamed(String name) {
    return KINDS.containsKey(name)
        || INSTEAD.containsKey(name)
        || Grouping.AGGREGATES.contains(name);
  }

  /** Whether a function over several rows is somewhere in a node. */
  static boolean isIn(SqlNode node) {
    boolean[] found = {false};
    node.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlCall call) {
            found[0] |= isFunction(call);
            return super.visit(call);
          }
        });
    return found[0];
  }

  /** A node as its author wrote it, in one line. */
  static String text(SqlNode node) {
    return node.toString().replace("`", "").replaceAll("\\s+", " ");
  }

  private static String nameOf(SqlCall call) {
    return call.getOperator() instanceof SqlFunction
        ? call.getOperator().getName().toUpperCase(Locale.ROOT)
        : "";
  }

  /** The call inside of FILTER, IGNORE NULLS and OVER. */
  private static SqlNode unwrapped(SqlNode node) {
    return switch (node.getKind()) {
      case FILTER, IGNORE_NULLS, RESPECT_NULLS, OVER, WITHIN_GROUP, WITHIN_DISTINCT ->
          unwrapped(((SqlCall) node).operand(0));
      default -> node;
    };
  }

  /** Translates a node that {@link #isFunction is a function}. */
  Call of(SqlNode node) {
    SqlCall call = (SqlCall) unwrapped(node);
    Expr condition = Expr.TRUE;
    boolean ignoreNulls = false;
    for (SqlNode outer = node; outer != call; outer = ((SqlCall) outer).operand(0)) {
      SqlCall wrapping = (SqlCall) outer;
      switch (outer.getKind()) {
        case FILTER -> condition = Conditions.in("FILTER", refusals, scope).of(wrapping.operand(1));
        case IGNORE_NULLS -> ignoreNulls = true;
        case RESPECT_NULLS -> {
          // It says what is so anyway.
        }
        case OVER -> {
          String remedy = "leave out OVER: the function is over all events of its group";
          throw refusals.at(
              call,
              "the window function " + nameOf(call) + " is not supported",
              INSTEAD.getOrDefault(nameOf(call), remedy));
        }
        default ->
            throw refusals.at(
                call, outer.getKind().sql + " is not supported", "leave it out, or write FILTER");
      }
    }
    EventFunction function = function(call, ignoreNulls).where(condition);
    return new Call(function, result(call, function), text(node));
  }

  private EventFunction function(SqlCall call, boolean ignoreNulls) {
    String name = nameOf(call);
    Kind kind = KINDS.get(name);
    if (kind == null) {
      throw refusals.at(
          call,
          "the function " + name + " over events is not supported",
          INSTEAD.getOrDefault(name, LIST));
    }
    boolean by = kind == Kind.NTH_BY || kind == Kind.MIN_BY || kind == Kind.MAX_BY;
    if (ignoreNulls && !by) {
      throw refusals.at(
          call,
          name + " has no IGNORE NULLS",
          "leave it out; only NTH_BY, MIN_BY and MAX_BY take a NULL as a value");
    }
    boolean distinct =
        call.getFunctionQuantifier() != null
            && call.getFunctionQuantifier().getValue() == SqlSelectKeyword.DISTINCT;
    if (kind == Kind.COUNT) {
      return count(call, distinct);
    }
    if (distinct) {
      throw refusals.at(
          call,
          name + "(DISTINCT ...) is not supported",
          kind == Kind.SUM || kind == Kind.AVG
              ? "leave out DISTINCT; events that come twice are counted once"
              : "leave out DISTINCT; it changes nothing");
    }
    requireOperands(call, kind);
    if (kind == Kind.BOOL_OR || kind == Kind.BOOL_AND) {
      Expr condition = operands().of(call.operand(0));
      return kind == Kind.BOOL_OR
          ? EventFunction.boolOr(condition)
          : EventFunction.boolAnd(condition);
    }
    Argument value = value(call, kind);
    return switch (kind) {
      case SET_ONCE -> EventFunction.setOnce(value);
      case MIN -> EventFunction.min(value);
      case MAX -> EventFunction.max(value);
      case SUM -> EventFunction.sum(value);
      case AVG -> EventFunction.avg(value);
      case NTH_BY -> withNulls(EventFunction.nthBy(value, time(call), n(call)), ignoreNulls);
      case MIN_BY -> withNulls(EventFunction.minBy(value, time(call)), ignoreNulls);
      case MAX_BY -> withNulls(EventFunction.maxBy(value, time(call)), ignoreNulls);
      case BOOL_OR, BOOL_AND, COUNT, COUNT_DISTINCT -> throw new IllegalStateException(name);
    };
  }

  private Conditions operands() {
    return Conditions.in("a function", refusals, scope);
  }

  private static EventFunction withNulls(EventFunction function, boolean ignored) {
    return ignored ? function.ignoringNulls() : function;
  }

  private EventFunction count(SqlCall call, boolean distinct) {
    boolean one = call.operandCount() == 1;
    if (!distinct && one && call.operand(0) instanceof SqlIdentifier all && all.isStar()) {
      return EventFunction.count();
    }
    if (!distinct) {
      throw refusals.at(
          call,
          text(call) + " is not supported",
          one && call.operand(0) instanceof SqlIdentifier column
              ? "write COUNT(*) FILTER (WHERE " + text(column) + " IS NOT NULL)"
              : "write COUNT(*) or COUNT(DISTINCT ...)");
    }
    if (!one) {
      throw refusals.at(
          call,
          "COUNT(DISTINCT ...) of several values is not supported",
          "write CONCAT_WS of texts with a separator that none of them has");
    }
    return EventFunction.countDistinct(operand(call.operand(0)));
  }

  private void requireOperands(SqlCall call, Kind kind) {
    int expected =
        switch (kind) {
          case NTH_BY -> 3;
          case MIN_BY, MAX_BY -> 2;
          default -> 1;
        };
    if (call.operandCount() != expected) {
      throw refusals.at(
          call,
          "%s takes %d operand%s, not %d"
              .formatted(nameOf(call), expected, expected == 1 ? "" : "s", call.operandCount()),
          switch (kind) {
            case NTH_BY -> "write NTH_BY(value, time, n)";
            case MIN_BY, MAX_BY -> "write " + kind + "(value, time)";
            default -> "write " + kind + " of one value";
          });
    }
  }

  private Argument value(SqlCall call, Kind kind) {
    Argument value = operand(call.operand(0));
    boolean sum = kind == Kind.SUM || kind == Kind.AVG;
    if (sum && value.type() == ValueType.DOUBLE) {
      throw refusals.at(
          call,
          text(call) + " of DOUBLE is not supported: it depends on the order of the events",
          "declare the column as DECIMAL(p,s)");
    }
    if (sum && value.type() != ValueType.INTEGER && value.type() != ValueType.DECIMAL) {
      throw refusals.at(
          call, text(call) + " is not of numbers", "take an INT, BIGINT or DECIMAL column");
    }
    return value;
  }

  private Argument time(SqlCall call) {
    return operand(call.operand(1));
  }

  private int n(SqlCall call) {
    Optional<BigDecimal> n =
        call.operand(2) instanceof SqlNumericLiteral number && number.isInteger()
            ? Optional.of(number.bigDecimalValue())
            : Optional.empty();
    return n.filter(number -> number.signum() > 0)
        .filter(number -> number.compareTo(BigDecimal.valueOf(EventFunction.MOST_N)) <= 0)
        .map(BigDecimal::intValueExact)
        .orElseThrow(
            () ->
                refusals.at(
                    call,
                    text(call.operand(2)) + " is not the number of a value",
                    "write a whole number from 1 to " + EventFunction.MOST_N));
  }

  private Argument operand(SqlNode node) {
    Operand operand = computed(node);
    return new Argument(operand.column().type(), operand.shown());
  }

  private Operand computed(SqlNode node) {
    if (isIn(node)) {
      throw refusals.at(
          node, "a function over events in another is not supported", "name a column in it");
    }
    if (Literals.isLiteral(node)) {
      throw refusals.at(
          node, "a constant in a function over events is not supported", "name a column in it");
    }
    return operands().expressions().of(node);
  }

  /** The type of the result; NULL is the result of a group without an event that counts. */
  private Column result(SqlCall call, EventFunction function) {
    String name = text(call);
    return switch (function.kind()) {
      case SET_ONCE, MIN, MAX, NTH_BY, MIN_BY, MAX_BY ->
          EventTypes.nullable(computed(call.operand(0)).column().named(name), true);
      case BOOL_OR, BOOL_AND -> new Column(name, ValueType.INTEGER, true, "tinyint(1)", "");
      case COUNT, COUNT_DISTINCT -> new Column(name, ValueType.INTEGER, false, "bigint", "");
      case SUM ->
          function.value().type() == ValueType.INTEGER
              ? new Column(name, ValueType.INTEGER, true, "bigint", "")
              : decimal(name, MysqlTypes.scale(computed(call.operand(0)).column()));
      case AVG -> {
        int scale =
            function.value().type() == ValueType.INTEGER
                ? 0
                : MysqlTypes.scale(computed(call.operand(0)).column());
        yield decimal(name, Math.min(scale + MORE_DIGITS, MOST_SCALE));
      }
    };
  }

  private static Column decimal(String name, int scale) {
    return new Column(
        name, ValueType.DECIMAL, true, "decimal(" + MOST_DIGITS + "," + scale + ")", "");
  }
}
