package dev.freshet.view;

import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A view, resolved: everything the job, the store and the reader need to know of its query.
 *
 * @param view its name
 * @param nodes the root first, parents before children
 * @param where which joined rows are entries
 * @param outputs the entry's columns, in the order of the SELECT list
 * @param primaryKey places in {@code outputs}: first the key's columns, then those that tell a
 *     key's entries apart
 * @param keyColumns how many of {@code primaryKey} are the key
 * @param order the declared order, completed by the primary key so that it is total
 * @param freshness answers older than this are not served from the projection
 * @param options how it is kept and served
 * @param query the author's SELECT as written, without its ORDER BY
 */
public record ViewPlan(
    String view,
    List<PlanNode> nodes,
    Expr where,
    List<Output> outputs,
    List<Integer> primaryKey,
    int keyColumns,
    List<Order> order,
    Duration freshness,
    ViewOptions options,
    String query)
    implements Serializable {

  /**
   * A column of an entry.
   *
   * @param value what it shows
   * @param column name in the view, type, null-ness and MySQL type
   */
  public record Output(Column column, Expr value) implements Serializable {}

  /**
   * A part of an order.
   *
   * @param output place in the outputs
   */
  public record Order(int output, boolean descending) implements Serializable {}

  public ViewPlan {
    Objects.requireNonNull(view, "view");
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
    primaryKey = List.copyOf(primaryKey);
    order = List.copyOf(order);
    Objects.requireNonNull(where, "where");
    Objects.requireNonNull(freshness, "freshness");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(query, "query");
    if (keyColumns < 1 || keyColumns > primaryKey.size()) {
      throw new IllegalArgumentException("view " + view + " has no key");
    }
  }

  public PlanNode root() {
    return nodes.get(0);
  }

  /** Places of the key's columns in the outputs. */
  public List<Integer> key() {
    return primaryKey.subList(0, keyColumns);
  }

  /** Places, in the outputs, of the columns that tell a key's entries apart. May be empty. */
  public List<Integer> entryKey() {
    return primaryKey.subList(keyColumns, primaryKey.size());
  }

  /** Places, in the outputs, of the root table's primary key, in that key's order. */
  public List<Integer> rootKey() {
    List<Integer> places = new ArrayList<>();
    for (int column : root().table().primaryKey()) {
      Expr wanted = new Expr.ColumnRef(0, column);
      places.add(
          primaryKey.stream()
              .filter(place -> outputs.get(place).value().equals(wanted))
              .findFirst()
              .orElseThrow());
    }
    return places;
  }

  /** The key's columns. */
  public List<Column> keyColumnList() {
    return key().stream().map(i -> outputs.get(i).column()).toList();
  }

  /** The view key of an entry, under the view's name: what the job is keyed by. */
  public Key viewKey(Object[] entry) {
    return Key.ofColumns(view, entry, key());
  }

  /** The view key of the key's values in order, under the view's name. */
  public Key viewKeyOf(Object... values) {
    Object[] parts = new Object[values.length + 1];
    parts[0] = view;
    System.arraycopy(values, 0, parts, 1, values.length);
    return Key.of(parts);
  }
}
