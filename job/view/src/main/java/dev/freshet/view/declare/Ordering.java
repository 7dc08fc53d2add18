package dev.freshet.view.declare;

import dev.freshet.view.ViewPlan.Order;
import dev.freshet.view.declare.Outputs.Item;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;

/**
 * Resolves ORDER BY and makes the order total within a key, by appending the columns of the primary
 * key that are not in the key. If the order is still empty, it becomes the order of the key.
 */
final class Ordering {
  /** Postgres refuses index rows longer than a third of a page. */
  private static final long INDEX_BYTES = 2600;

  private final Refusals refusals;
  private final Scope scope;
  private final List<Item> items;
  private final Keys keys;

  Ordering(Refusals refusals, Scope scope, List<Item> items, Keys keys) {
    this.refusals = refusals;
    this.scope = scope;
    this.items = items;
    this.keys = keys;
  }

  List<Order> read(SqlNodeList declared) {
    List<Order> order = new ArrayList<>();
    for (SqlNode node : declared) {
      boolean descending = node.getKind() == SqlKind.DESCENDING;
      SqlNode column = descending ? ((SqlCall) node).operand(0) : node;
      Order part = new Order(indexOf(column), descending);
      if (order.stream().anyMatch(o -> o.output() == part.output())) {
        throw refusals.at(node, "ORDER BY names a column twice", "name it once");
      }
      order.add(part);
    }
    List<Integer> primaryKey = keys.primaryKey();
    complete(order, primaryKey.subList(keys.keyColumns(), primaryKey.size()));
    if (order.isEmpty()) {
      complete(order, primaryKey.subList(0, keys.keyColumns()));
    }
    checkWidth(order);
    return order;
  }

  private void complete(List<Order> order, List<Integer> indexes) {
    for (int index : indexes) {
      if (order.stream().noneMatch(o -> o.output() == index)) {
        Item item = items.get(index);
        ColumnRules.againstSorting(item.column())
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
        order.add(new Order(index, false));
      }
    }
  }

  private int indexOf(SqlNode node) {
    if (node.getKind() == SqlKind.NULLS_FIRST || node.getKind() == SqlKind.NULLS_LAST) {
      throw refusals.at(
          node, "NULLS FIRST and NULLS LAST are not supported", "leave them out; NULL is lowest");
    }
    if (!Expressions.isValue(node)) {
      throw refusals.at(
          node,
          Constructs.name(node) + " in ORDER BY is not supported",
          "order by columns of the SELECT list");
    }
    int index =
        node instanceof SqlIdentifier identifier && identifier.isSimple()
            ? Outputs.indexOf(items, identifier.getSimple())
            : -1;
    if (index < 0) {
      index = indexOfExpression(node);
    }
    Item item = items.get(index);
    String name = item.column().name();
    ColumnRules.againstSorting(item.column())
        .ifPresent(
            reason -> {
              throw refusals.at(
                  node, "ORDER BY '" + name + "' is not supported: " + reason, "take another");
            });
    return index;
  }

  private int indexOfExpression(SqlNode node) {
    Operand operand = Conditions.in("ORDER BY", refusals, scope).expressions().of(node);
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).value().equals(operand.expr())) {
        return i;
      }
    }
    throw refusals.at(
        node,
        "ORDER BY " + operand.text() + " is not in the SELECT list",
        "select it, or order by a column that is");
  }

  private void checkWidth(List<Order> order) {
    Set<Integer> indexed = new LinkedHashSet<>(keys.primaryKey());
    order.forEach(part -> indexed.add(part.output()));
    long bytes =
        indexed.stream().mapToLong(i -> MysqlTypes.indexBytes(items.get(i).column())).sum();
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
