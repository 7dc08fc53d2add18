package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Expr.ColumnRef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/** Resolves the SELECT list. */
final class Outputs {
  /** The name by which {@link Refusals} excuses whatever a refused {@code *} would select. */
  static final String ALL = "*";

  private static final String CLAUSE = "the SELECT list";

  /** Postgres truncates longer names. */
  private static final int NAME_BYTES = 63;

  /** Names that columns cannot have in the store. */
  private static final Set<String> RESERVED =
      Set.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

  private Outputs() {}

  /**
   * A column of the SELECT list.
   *
   * @param column the column of the view
   * @param value the value, with column indexes of the whole tables
   */
  record Item(Column column, Expr value, int line) {
    /** Whether the value is a column of a table. */
    boolean isColumn() {
      return value instanceof ColumnRef;
    }

    /** Whether the value is this column of this node. */
    boolean shows(int node, int index) {
      return value.equals(new ColumnRef(node, index));
    }

    /** The node whose column is the value, or −1. */
    int node() {
      return value instanceof ColumnRef ref ? ref.node() : -1;
    }
  }

  static List<Item> read(SqlNodeList list, Scope scope, Refusals refusals) {
    Expressions expressions = Conditions.in(CLAUSE, refusals, scope).expressions();
    List<Item> items = new ArrayList<>();
    boolean counts = Grouping.count(list).isPresent();
    for (SqlNode node : list) {
      // The planner refuses counts of rows with a remedy for the whole query.
      boolean refused = counts && Grouping.isAggregate(valueOf(node));
      if (refused || !refusals.check(() -> items.add(item(node, items, expressions, refusals)))) {
        namesOf(node).forEach(refusals::excuse);
      }
    }
    return items;
  }

  private static Item item(
      SqlNode node, List<Item> items, Expressions expressions, Refusals refusals) {
    Item item = item(node, expressions, refusals);
    String name = item.column().name();
    if (indexOf(items, name) >= 0) {
      throw refusals.at(
          node, "two columns are named '" + name + "'", "give one another name with AS");
    }
    checkName(node, name, refusals);
    return item;
  }

  /** Refuses a name that no column of the store can have. */
  static void checkName(SqlNode node, String name, Refusals refusals) {
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))
        || name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
      throw refusals.at(
          node,
          "the store cannot have a column '" + name + "'",
          "give it another name of at most 63 bytes with AS");
    }
  }

  /** The names by which other clauses may mean an item. */
  private static List<String> namesOf(SqlNode node) {
    if (node instanceof SqlBasicCall call && call.getKind() == SqlKind.AS) {
      List<String> names = new ArrayList<>(namesOf(call.operand(0)));
      names.addAll(namesOf(call.operand(1)));
      return names;
    }
    if (!(node instanceof SqlIdentifier identifier)) {
      return List.of();
    }
    return List.of(identifier.isStar() ? ALL : identifier.names.get(identifier.names.size() - 1));
  }

  /** The index of the output with a name, or −1. */
  static int indexOf(List<Item> items, String name) {
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).column().name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  static List<String> names(List<Item> items) {
    return items.stream().map(item -> item.column().name()).toList();
  }

  /** An item of the SELECT list without its name. */
  static SqlNode valueOf(SqlNode item) {
    return item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
  }

  /** The name of an item of the SELECT list; empty if it has none. */
  static String nameOf(SqlNode item) {
    SqlNode name = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(1) : item;
    return name instanceof SqlIdentifier identifier
        ? identifier.names.get(identifier.names.size() - 1)
        : "";
  }

  private static Item item(SqlNode node, Expressions expressions, Refusals refusals) {
    SqlNode value = valueOf(node);
    String name = nameOf(node);
    if (!Expressions.isValue(value) && !Constructs.isCondition(value)) {
      throw refusals.at(
          node,
          Constructs.name(value) + " in " + CLAUSE + " is not supported",
          Constructs.remedy(value).orElse("select columns and compute in the client"));
    }
    Operand operand = expressions.of(value);
    ColumnRules.againstShowing(operand.column())
        .ifPresent(
            reason -> {
              throw refusals.at(
                  node, operand.text() + " cannot be shown: " + reason, "leave it out");
            });
    if (name.isEmpty()) {
      throw refusals.at(node, operand.text() + " has no name", "give it one with AS");
    }
    Column column = operand.column();
    return new Item(column.named(name), operand.shown(), node.getParserPosition().getLineNum());
  }
}
