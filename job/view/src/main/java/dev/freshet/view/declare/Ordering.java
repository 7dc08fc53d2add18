package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Members;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.ViewPlan.Order;
import dev.freshet.view.declare.Outputs.Item;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/**
 * Resolves ORDER BY and makes the order total within a key, by appending the columns of the primary
 * key that are not in the key. If the order is still empty, it becomes the order of the key.
 *
 * <p>What ORDER BY sorts by becomes an output. If it is not in the SELECT list, or MySQL sorts it
 * by its beginning, no answer shows that output. Use an instance for one view.
 */
final class Ordering {
  /** Postgres refuses index rows longer than a third of a page. */
  private static final long INDEX_BYTES = 2600;

  /** The beginning of the names of the outputs that no answer shows. */
  private static final String NAME = "_order_";

  private final Declaration declaration;
  private final Refusals refusals;
  private final Scope scope;
  private final List<Item> items;
  private final Keys keys;
  private final List<Item> outputs;
  private final List<Hidden> hidden = new ArrayList<>();

  /**
   * An output that no answer shows.
   *
   * @param value where the text has the value
   * @param text the value's text
   * @param sql the value, or what MySQL sorts it by, with its name
   */
  private record Hidden(SqlNode value, String text, String sql) {}

  /**
   * What stands for a value in the order.
   *
   * @param sql makes its text of the value's text
   */
  private record Substitute(Expr expr, UnaryOperator<String> sql, Column type) {}

  Ordering(Declaration declaration, Refusals refusals, Scope scope, List<Item> items, Keys keys) {
    this.declaration = declaration;
    this.refusals = refusals;
    this.scope = scope;
    this.items = items;
    this.keys = keys;
    this.outputs = new ArrayList<>(items);
  }

  /** The items of the SELECT list, then those that no answer shows. */
  List<Item> items() {
    return List.copyOf(outputs);
  }

  /** The outputs of these items, with the columns that the plan keeps. */
  List<ViewPlan.Output> outputs() {
    List<ViewPlan.Output> all = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Item item = outputs.get(i);
      String sortedBy = i < items.size() ? "" : hidden.get(i - items.size()).text();
      all.add(new ViewPlan.Output(item.column(), item.value().mapped(scope::narrow), sortedBy));
    }
    return all;
  }

  /** The author's SELECT with all outputs. */
  String query() {
    return declaration.queryText().with(hidden.stream().map(Hidden::sql).toList());
  }

  List<Order> read(SqlNodeList declared) {
    List<Order> order = new ArrayList<>();
    declared.forEach(node -> refusals.check(() -> add(node, order)));
    List<Integer> primaryKey = keys.primaryKey();
    complete(order, primaryKey.subList(keys.keyColumns(), primaryKey.size()));
    if (order.isEmpty()) {
      complete(order, primaryKey.subList(0, keys.keyColumns()));
    }
    checkWidth(order);
    if (!hidden.isEmpty() && !isMovable()) {
      throw refusals.at(
          declared, "ORDER BY cannot be separated from the text around it", "leave out brackets");
    }
    return order;
  }

  private boolean isMovable() {
    return declaration
        .queryText()
        .takes(
            hidden.stream().map(Hidden::text).toList(),
            hidden.stream().map(Hidden::value).toList());
  }

  private void add(SqlNode node, List<Order> order) {
    boolean descending = node.getKind() == SqlKind.DESCENDING;
    SqlNode by = descending ? ((SqlCall) node).operand(0) : node;
    if (by instanceof SqlIdentifier name) {
      refusals.skipExcused(name.names.get(name.names.size() - 1));
    }
    Order part = new Order(indexOf(by), descending);
    if (order.stream().anyMatch(o -> o.output() == part.output())) {
      throw refusals.at(node, "ORDER BY names a column twice", "name it once");
    }
    order.add(part);
  }

  private void complete(List<Order> order, List<Integer> indexes) {
    for (int index : indexes) {
      Item item = items.get(index);
      int by = ColumnRules.isSortedByNumber(item.column()) ? indexOf(valueOf(index), index) : index;
      if (order.stream().noneMatch(o -> o.output() == by)) {
        ColumnRules.againstSorting(item.column())
            .filter(reason -> by == index)
            .ifPresent(
                reason -> {
                  throw refusals.at(
                      item.line(),
                      "'"
                          + item.column().name()
                          + "' completes the order but cannot be sorted by: "
                          + reason,
                      "change the column, or begin FROM with another table");
                });
        order.add(new Order(by, false));
      }
    }
  }

  private int indexOf(SqlNode node) {
    if (node.getKind() == SqlKind.NULLS_FIRST || node.getKind() == SqlKind.NULLS_LAST) {
      throw refusals.at(
          node, "NULLS FIRST and NULLS LAST are not supported", "leave them out; NULL is lowest");
    }
    if (!Expressions.isValue(node) && !Constructs.isCondition(node)) {
      throw refusals.at(
          node,
          Constructs.name(node) + " in ORDER BY is not supported",
          node instanceof SqlNumericLiteral
              ? "name the column of that position"
              : isField(node)
                  ? "write CASE a WHEN 'x' THEN 1 WHEN 'y' THEN 2 ELSE 0 END"
                  : "order by columns and what is computed from them");
    }
    int index =
        node instanceof SqlIdentifier identifier && identifier.isSimple()
            ? Outputs.indexOf(items, identifier.getSimple())
            : -1;
    if (index >= 0) {
      return indexOf(node, index);
    }
    Operand operand = Conditions.in("ORDER BY", refusals, scope).expressions().of(node);
    refuseAmbiguous(node);
    return indexOf(node, node, operand.column(), operand.shown(), operand.text());
  }

  /** Whether a node is the place of a value in a list of values. */
  private static boolean isField(SqlNode node) {
    return node instanceof SqlCall call && FunctionCalls.function(call).equals("FIELD");
  }

  /** The output by which an item of the SELECT list is sorted. */
  private int indexOf(SqlNode at, int index) {
    Item item = items.get(index);
    return indexOf(
        at, valueOf(index), item.column(), item.value(), "'" + item.column().name() + "'");
  }

  /** Where the text has the value of an item of the SELECT list. */
  private SqlNode valueOf(int index) {
    return Outputs.valueOf(declaration.select().getSelectList().get(index));
  }

  /**
   * The output by which a value is sorted.
   *
   * @param at where ORDER BY names the value
   * @param value where the text has the value
   */
  private int indexOf(SqlNode at, SqlNode value, Column column, Expr expr, String name) {
    Optional<Substitute> substitute = substitute(column, expr);
    ColumnRules.againstSorting(column)
        .filter(reason -> substitute.isEmpty())
        .ifPresent(
            reason -> {
              throw refusals.at(
                  at,
                  "ORDER BY " + name + " is not supported: " + reason,
                  expr instanceof Expr.ColumnRef
                      ? ColumnRules.insteadInOrder(column, "take another")
                      : "take another");
            });
    if (expr instanceof Expr.Scaled scaled && scaled.digits() == Expr.Digits.HIDDEN) {
      throw refusals.at(
          at,
          "ORDER BY " + name + " is not supported: MySQL sorts a division by hidden digits",
          "write ROUND(..., n) around it, with n digits");
    }
    Expr sorted = substitute.map(Substitute::expr).orElse(expr);
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).value().equals(sorted)) {
        return i;
      }
    }
    String text = declaration.textOf(value);
    String output = unusedName();
    String sql = substitute.map(each -> each.sql().apply(text)).orElse(text);
    hidden.add(new Hidden(value, text, sql + " AS " + output));
    Column type = substitute.map(Substitute::type).orElse(column).named(output);
    outputs.add(new Item(type, sorted, at.getParserPosition().getLineNum()));
    return outputs.size() - 1;
  }

  /** What MySQL sorts a value by, if it is not the value itself. */
  private static Optional<Substitute> substitute(Column column, Expr expr) {
    boolean ofTable = expr instanceof Expr.ColumnRef;
    if (ColumnRules.isSortedByKey(column, ofTable)) {
      return Optional.of(
          new Substitute(
              new Expr.SortKey(expr, column.collation()),
              text -> SortKeySql.of(text, column.collation()),
              ResultTypes.ofSortKey(column.name())));
    }
    if (ofTable && ColumnRules.isSortedByNumber(column)) {
      return Optional.of(
          new Substitute(
              new Expr.MemberNumber(expr, Members.of(column).all(), Members.isSet(column)),
              text -> "CAST(" + text + " AS SIGNED)",
              ResultTypes.ofInteger(column.name(), column.nullable())));
    }
    return Optional.empty();
  }

  private String unusedName() {
    int number = hidden.size() + 1;
    while (Outputs.indexOf(outputs, NAME + number) >= 0) {
      number++;
    }
    return NAME + number;
  }

  /** Refuses names in calculations that an output has which is not the column of this name. */
  private void refuseAmbiguous(SqlNode node) {
    node.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlIdentifier name) {
            int index = name.isSimple() ? Outputs.indexOf(items, name.getSimple()) : -1;
            if (index >= 0 && !items.get(index).value().equals(scope.resolve(name))) {
              throw refusals.at(
                  name,
                  "'" + name + "' in ORDER BY is a column and another value of the SELECT list",
                  "write alias." + name + ", or the value");
            }
            return null;
          }
        });
  }

  private void checkWidth(List<Order> order) {
    Set<Integer> indexed = new LinkedHashSet<>(keys.primaryKey());
    order.forEach(part -> indexed.add(part.output()));
    long bytes =
        indexed.stream().mapToLong(i -> MysqlTypes.indexBytes(outputs.get(i).column())).sum();
    if (bytes > INDEX_BYTES) {
      throw refusals.of(
          "primary key and order may take "
              + bytes
              + " bytes, more than the "
              + INDEX_BYTES
              + " that the store can index",
          "take shorter columns");
    }
  }
}
