package dev.freshet.reader;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Builds plans for tests that need no query: {@code plan("v").key(…).entryKey(…).build()}. */
public final class PlanBuilder {
  private final String view;
  private final List<Column> columns = new ArrayList<>();
  private final List<Integer> primaryKey = new ArrayList<>();
  private final List<ViewPlan.Order> order = new ArrayList<>();
  private final List<ViewPlan.Bound> bounds = new ArrayList<>();
  private int keyColumns;
  private Duration freshness = Duration.ofSeconds(5);
  private ViewOptions options = ViewOptions.DEFAULT;
  private ViewPlan.Source source = new ViewPlan.Source.Mysql("SELECT");

  private PlanBuilder(String view) {
    this.view = view;
  }

  public static PlanBuilder plan(String view) {
    return new PlanBuilder(view);
  }

  /** Returns the plan of the inbox's view: by user and site, newest first. */
  public static ViewPlan inbox() {
    return plan("unread")
        .key("user_id", ValueType.INTEGER, "bigint")
        .key("site_id", ValueType.INTEGER, "bigint")
        .entryKey("conversation_id", ValueType.INTEGER, "bigint")
        .column("last_message_at", ValueType.DATETIME, "datetime(6)")
        .column("name", ValueType.STRING, "varchar(255)")
        .descendingBy("last_message_at")
        .build();
  }

  public static Column column(ValueType type, String mysqlType) {
    return new Column("c", type, true, mysqlType, "");
  }

  public PlanBuilder staleOnError() {
    options = new ViewOptions(false, ViewOptions.EVICT_AFTER, ViewOptions.MAX_KEYS, true);
    return this;
  }

  /** Makes it a view over events of a topic. */
  public PlanBuilder overEvents(String topic) {
    source = new ViewPlan.Source.Events(List.of(topic));
    return this;
  }

  public PlanBuilder onRead() {
    options = ViewOptions.populatedOnRead(Duration.ofDays(1));
    return this;
  }

  public PlanBuilder key(String name, ValueType type, String mysqlType) {
    primaryKey.add(columns.size());
    keyColumns++;
    return column(name, type, mysqlType);
  }

  public PlanBuilder entryKey(String name, ValueType type, String mysqlType) {
    primaryKey.add(columns.size());
    return column(name, type, mysqlType);
  }

  public PlanBuilder column(String name, ValueType type, String mysqlType) {
    columns.add(new Column(name, type, false, mysqlType, ""));
    return this;
  }

  public PlanBuilder nullable(String name, ValueType type, String mysqlType) {
    columns.add(new Column(name, type, true, mysqlType, ""));
    return this;
  }

  public PlanBuilder descendingBy(String name) {
    order.add(new ViewPlan.Order(place(name), true));
    return this;
  }

  public PlanBuilder freshFor(Duration freshness) {
    this.freshness = freshness;
    return this;
  }

  /** Bounds a column of the order from below, or from above. */
  public PlanBuilder bound(String name, ViewPlan.End end, boolean inclusive) {
    bounds.add(new ViewPlan.Bound(place(name), end, inclusive));
    return this;
  }

  /** Returns the plan. The rest of the primary key completes the order. */
  public ViewPlan build() {
    List<Integer> rest = new ArrayList<>(primaryKey.subList(keyColumns, primaryKey.size()));
    order.forEach(o -> rest.remove((Integer) o.output()));
    rest.forEach(output -> order.add(new ViewPlan.Order(output, false)));
    Table table = new Table("db", "t", columns, primaryKey);
    List<ViewPlan.Output> outputs = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      outputs.add(new ViewPlan.Output(columns.get(i), new Expr.ColumnRef(0, i)));
    }
    return new ViewPlan(
        view,
        List.of(new PlanNode("t", table, -1, List.of(), true, 0)),
        Expr.TRUE,
        outputs,
        primaryKey,
        keyColumns,
        order,
        bounds,
        freshness,
        options,
        source);
  }

  private int place(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no column " + name);
  }
}
