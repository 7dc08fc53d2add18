package dev.freshet.view;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A view's query, resolved against MySQL's catalogue, or the row of a read model over events:
 * everything that the job, the store and the reader need to know about it.
 *
 * @param view the view's name
 * @param nodes the tables; the root first, parents before children
 * @param where the condition by which a joined row is an entry
 * @param outputs the entry's columns, in the order of the SELECT list; then those that no answer
 *     shows, by which ORDER BY sorts
 * @param primaryKey indexes into {@code outputs}: first the key's columns, then the columns that
 *     distinguish a key's entries
 * @param keyColumns how many of the indexes in {@code primaryKey} are the key's
 * @param order the declared order, extended by columns of the primary key so that it is total
 *     within a key
 * @param bounds the ends of the range of one output that a read may set; at most one of each
 * @param freshness answers older than this are not served from the projection
 * @param options how the view is stored and served
 * @param source where the rows come from
 */
public record ViewPlan(
    String view,
    List<PlanNode> nodes,
    Expr where,
    List<Output> outputs,
    List<Integer> primaryKey,
    int keyColumns,
    List<Order> order,
    List<Bound> bounds,
    Duration freshness,
    ViewOptions options,
    Source source)
    implements Serializable {

  /** Where the rows of a view come from. */
  public sealed interface Source extends Serializable {
    /**
     * Tables of MySQL.
     *
     * @param query the author's SELECT as written, without its ORDER BY and without the bounds, but
     *     with the outputs that no answer shows
     */
    record Mysql(String query) implements Source {
      public Mysql {
        Objects.requireNonNull(query, "query");
      }
    }

    /**
     * Events of topics. The one node of the plan is no table of MySQL: its rows are the group
     * columns and the results of the functions.
     */
    record Events(List<String> topics) implements Source {
      public Events {
        topics = List.copyOf(topics);
      }
    }
  }

  /**
   * A column of an entry.
   *
   * @param column the column's name in the view, its type, nullability and MySQL type
   * @param value the expression that computes the column
   * @param sortedBy the text of ORDER BY from which an output comes that no answer shows; empty for
   *     an output of the SELECT list
   */
  public record Output(Column column, Expr value, String sortedBy) implements Serializable {
    public Output {
      Objects.requireNonNull(column, "column");
      Objects.requireNonNull(value, "value");
      Objects.requireNonNull(sortedBy, "sortedBy");
    }

    /** An output of the SELECT list. */
    public Output(Column column, Expr value) {
      this(column, value, "");
    }

    /** Whether answers show the output. */
    public boolean shown() {
      return sortedBy.isEmpty();
    }

    /** The output in messages. */
    public String title() {
      return shown() ? "column " + column.name() : "ORDER BY " + sortedBy;
    }
  }

  /**
   * A column of the order.
   *
   * @param output index into the outputs
   */
  public record Order(int output, boolean descending) implements Serializable {}

  /**
   * A comparison of an output with a value that a read may give. It excludes NULL.
   *
   * @param output index into the outputs: the first of the order that is not the key's
   * @param end which entries the value bounds: the first or the last ones by ascending order
   * @param inclusive whether an output that equals the value is within the bound
   */
  public record Bound(int output, End end, boolean inclusive) implements Serializable {}

  /** The ends of a range, by the names of the parameters that set them. */
  public enum End {
    FROM,
    TO;

    /** The name of the parameter of a read. */
    public String parameter() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ViewPlan {
    Objects.requireNonNull(view, "view");
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
    primaryKey = List.copyOf(primaryKey);
    order = List.copyOf(order);
    bounds = List.copyOf(bounds);
    Objects.requireNonNull(where, "where");
    Objects.requireNonNull(freshness, "freshness");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(source, "source");
    if (keyColumns < 1 || keyColumns > primaryKey.size()) {
      throw new IllegalArgumentException("view " + view + " has no key");
    }
  }

  /** A view of MySQL's tables. */
  public ViewPlan(
      String view,
      List<PlanNode> nodes,
      Expr where,
      List<Output> outputs,
      List<Integer> primaryKey,
      int keyColumns,
      List<Order> order,
      List<Bound> bounds,
      Duration freshness,
      ViewOptions options,
      String query) {
    this(
        view,
        nodes,
        where,
        outputs,
        primaryKey,
        keyColumns,
        order,
        bounds,
        freshness,
        options,
        new Source.Mysql(query));
  }

  /** Whether the view is a read model over events, so that there is no MySQL to ask. */
  public boolean isOverEvents() {
    return source instanceof Source.Events;
  }

  /**
   * The query for MySQL; see {@link Source.Mysql}.
   *
   * @throws IllegalStateException if the view is over events
   */
  public String query() {
    if (source instanceof Source.Mysql mysql) {
      return mysql.query();
    }
    throw new IllegalStateException("view " + view + " is over events: MySQL has no query for it");
  }

  /** The outputs that answers show, which precede all others. */
  public List<Output> shown() {
    return outputs.stream().filter(Output::shown).toList();
  }

  public PlanNode root() {
    return nodes.get(0);
  }

  /** Indexes into the outputs of the key's columns. */
  public List<Integer> key() {
    return primaryKey.subList(0, keyColumns);
  }

  /** Indexes into the outputs of the columns that distinguish a key's entries. May be empty. */
  public List<Integer> entryKey() {
    return primaryKey.subList(keyColumns, primaryKey.size());
  }

  /** Indexes into the outputs of the root's key, in that key's order. */
  public List<Integer> rootKey() {
    return root().key().stream().map(this::rootKey).toList();
  }

  private int rootKey(int column) {
    Expr wanted = new Expr.ColumnRef(0, column);
    return primaryKey.stream()
        .filter(index -> outputs.get(index).value().equals(wanted))
        .findFirst()
        .or(
            () ->
                primaryKey.stream()
                    .filter(i -> equalsRoot(outputs.get(i).value(), column))
                    .findFirst())
        .orElseThrow();
  }

  /** Whether inner joins make an output equal to a root's column. */
  private boolean equalsRoot(Expr value, int column) {
    if (!(value instanceof Expr.ColumnRef ref)) {
      return false;
    }
    PlanNode node = nodes.get(ref.node());
    if (node.parent() < 0) {
      return ref.column() == column;
    }
    int index = node.key().indexOf(ref.column());
    return index >= 0
        && node.inner()
        && equalsRoot(new Expr.ColumnRef(node.parent(), node.foreignKey().get(index)), column);
  }

  /** The key's columns. */
  public List<Column> keyColumnList() {
    return key().stream().map(i -> outputs.get(i).column()).toList();
  }

  /**
   * The view key of an entry: the view's name, then the key's values. The job partitions entries by
   * it.
   */
  public Key viewKey(Object[] entry) {
    return keyOf(view, entry, key());
  }

  /**
   * A key of some outputs of an entry; null if one of them is NULL.
   *
   * @param prefix the key's first value; null for none
   * @param indexes indexes into the outputs
   */
  public Key keyOf(Object prefix, Object[] entry, List<Integer> indexes) {
    return Key.ofColumns(prefix, entry, indexes, index -> outputs.get(index).column());
  }

  /** The view key of a key's values: the view's name, then the values in canonical form. */
  public Key viewKeyOf(Object... values) {
    Object[] parts = new Object[values.length + 1];
    parts[0] = view;
    for (int i = 0; i < values.length; i++) {
      parts[i + 1] = outputs.get(primaryKey.get(i)).column().canonical(values[i]);
    }
    return Key.of(parts);
  }
}
