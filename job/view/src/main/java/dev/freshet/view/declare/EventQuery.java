package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan.Order;
import dev.freshet.view.ViewPlan.Output;
import dev.freshet.view.declare.Declaration.Name;
import dev.freshet.view.event.EventFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;

/**
 * The query of a read model over events, resolved against the columns of the topic's table. Use an
 * instance for one query, and only if nothing was refused.
 */
final class EventQuery {
  /** Postgres refuses index rows longer than a third of a page. */
  private static final long INDEX_BYTES = 2600;

  private final Refusals refusals;
  private final ViewHeader header;
  private final EventTables table;
  private final Scope scope;
  private final EventFunctions calls;
  private final List<Integer> group = new ArrayList<>();
  private final List<EventFunctions.Call> functions = new ArrayList<>();
  private final List<Item> items = new ArrayList<>();
  private List<Integer> primaryKey = List.of();
  private List<Order> order = List.of();
  private Expr having = Expr.TRUE;

  /** The number of functions of the SELECT list. */
  private int shown;

  /**
   * A column of the SELECT list.
   *
   * @param group index into the group columns, or −1
   * @param function index into the functions, or −1
   */
  private record Item(Column column, int group, int function) {}

  private EventQuery(Refusals refusals, ViewHeader header, EventTables table) {
    this.refusals = refusals;
    this.header = header;
    this.table = table;
    this.scope = new Scope(refusals);
    this.calls = new EventFunctions(refusals, scope);
  }

  /** Reads the query; the refusals collect what is wrong. */
  static EventQuery read(
      SqlSelect select,
      SqlNodeList order,
      ViewHeader header,
      EventTables table,
      Refusals refusals) {
    EventQuery query = new EventQuery(refusals, header, table);
    query.refuseClauses(select);
    query.from(select);
    refusals.check(() -> query.group(select));
    select.getSelectList().forEach(query::item);
    query.shown = query.functions.size();
    if (select.getHaving() != null) {
      refusals.check(() -> query.having(select.getHaving()));
    }
    refusals.check(query::keys);
    refusals.check(() -> query.order(order));
    return query;
  }

  /** Indexes into the topic's columns of GROUP BY. */
  List<Integer> group() {
    return List.copyOf(group);
  }

  /** The functions of the SELECT list, each once, then those that only HAVING has. */
  List<EventFunction> functions() {
    return functions.stream().map(EventFunctions.Call::function).toList();
  }

  /** The condition of HAVING over the results of the functions. */
  Expr having() {
    return having;
  }

  /** Indexes into the outputs. */
  List<Integer> primaryKey() {
    return primaryKey;
  }

  /** The order, which is total within a key. */
  List<Order> order() {
    return order;
  }

  /** The columns of a row: the group columns, then the results that the SELECT list shows. */
  List<Column> columns() {
    return IntStream.range(0, group.size() + shown).mapToObj(this::column).toList();
  }

  /** A column of a row has the name of the first output that shows it. */
  private Column column(int index) {
    return IntStream.range(0, items.size())
        .filter(i -> place(items.get(i)) == index)
        .mapToObj(this::outputColumn)
        .findFirst()
        .orElseThrow();
  }

  /** The outputs over a row. */
  List<Output> outputs() {
    return IntStream.range(0, items.size())
        .mapToObj(i -> new Output(outputColumn(i), new Expr.ColumnRef(0, place(items.get(i)))))
        .toList();
  }

  private Column outputColumn(int index) {
    boolean isIndexed =
        primaryKey.contains(index) || order.stream().anyMatch(part -> part.output() == index);
    Column column = items.get(index).column();
    return isIndexed ? EventTypes.indexed(column) : column;
  }

  /** The index of an item's value in a row. */
  private int place(Item item) {
    return item.group() >= 0 ? item.group() : group.size() + item.function();
  }

  private void refuse(SqlNode node, String construct, String remedy) {
    if (node != null) {
      refusals.add(refusals.at(node, construct + " is not supported", remedy));
    }
  }

  private void refuseClauses(SqlSelect select) {
    refuse(select.getModifierNode(SqlSelectKeyword.STREAM), "SELECT STREAM", "leave out STREAM");
    refuse(
        select.getModifierNode(SqlSelectKeyword.DISTINCT),
        "SELECT DISTINCT",
        "leave out DISTINCT; each group is one row");
    refuse(
        select.getWhere(),
        "WHERE over events",
        "write FILTER (WHERE ...) behind each function, and BOOL_OR(...) into HAVING");
    if (!select.getWindowList().isEmpty()) {
      refuse(select.getWindowList(), "WINDOW", "leave it out");
    }
    if (select.hasHints()) {
      refuse(select.getHints(), "a hint", "leave it out");
    }
  }

  private void from(SqlSelect select) {
    SqlNode from = select.getFrom();
    boolean named = from != null && from.getKind() == SqlKind.AS;
    SqlNode source = named ? ((SqlCall) from).operand(0) : from;
    String alias = named ? Outputs.nameOf(from) : table.name();
    scope.addRoot(alias, new Table("", table.name(), table.columns(), List.of()), List.of());
    int before = refusals.found().size();
    if (from == null) {
      refusals.add(refusals.at(select, "FROM is missing", "write FROM " + table.name()));
    } else if (!(source instanceof SqlIdentifier name)) {
      refusals.add(
          refusals.at(
              source,
              construct(source) + " in FROM is not supported",
              "write FROM " + table.name() + "; " + instead(source)));
    } else if (!String.join(".", name.names).equals(table.name())) {
      refusals.add(
          refusals.at(
              name,
              "the table '" + String.join(".", name.names) + "' is not declared here",
              "write FROM " + table.name()));
    }
    if (refusals.found().size() > before) {
      scope.setIncomplete(true);
      excuseNames(from);
    }
  }

  /** The tables and aliases of a refused FROM clause may have columns that are not known here. */
  private void excuseNames(SqlNode from) {
    if (from != null) {
      from.accept(
          new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlIdentifier name) {
              refusals.excuse(name.names.get(name.names.size() - 1));
              return null;
            }
          });
    }
  }

  private static String construct(SqlNode source) {
    return switch (source.getKind()) {
      case JOIN -> "a join";
      case COLLECTION_TABLE -> "a window";
      case TABLE_REF, EXTEND, SNAPSHOT, MATCH_RECOGNIZE, PIVOT, UNPIVOT, LATERAL, UNNEST ->
          source.getKind().sql;
      default -> Constructs.name(source);
    };
  }

  private static String instead(SqlNode source) {
    return switch (source.getKind()) {
      case JOIN ->
          "send what the other table has in the events, or declare a view for each, and ask both";
      case COLLECTION_TABLE -> "group by a field of the event, such as its day";
      default -> "a read model is over the events of one topic";
    };
  }

  private void group(SqlSelect select) {
    SqlNodeList given = select.getGroup();
    if (given == null || given.isEmpty()) {
      throw refusals.at(
          select, "GROUP BY is missing", "write GROUP BY and the columns of the primary key");
    }
    for (SqlNode node : given) {
      refusals.check(() -> group(node));
    }
  }

  private void group(SqlNode node) {
    if (!(node instanceof SqlIdentifier name)) {
      boolean window =
          switch (node.getKind()) {
            case TUMBLE, HOP, SESSION -> true;
            default -> false;
          };
      throw refusals.at(
          node,
          (window ? "the window " + node.getKind() : EventFunctions.text(node))
              + " in GROUP BY is not supported",
          window
              ? "group by a field of the event, such as its day"
              : "name columns of " + table.name());
    }
    int column = scope.resolve(name).column();
    if (group.contains(column)) {
      throw refusals.at(node, "GROUP BY names a column twice", "name it once");
    }
    Column given = EventTypes.indexed(table.columns().get(column));
    ColumnRules.againstIdentity(given)
        .ifPresent(
            reason -> {
              throw refusals.at(
                  node,
                  "GROUP BY " + given.name() + " is not supported: " + reason,
                  "take another");
            });
    group.add(column);
  }

  private void item(SqlNode node) {
    String name = Outputs.nameOf(node);
    boolean read = refusals.check(() -> item(node, Outputs.valueOf(node), name));
    if (!read && !name.isEmpty()) {
      refusals.excuse(name);
    }
  }

  private void item(SqlNode node, SqlNode value, String name) {
    if (EventFunctions.isFunction(value)) {
      EventFunctions.Call call = calls.of(value);
      if (name.isEmpty()) {
        throw refusals.at(node, call.text() + " has no name", "give it one with AS");
      }
      checkName(node, name);
      items.add(new Item(call.result().named(name), -1, add(call)));
      return;
    }
    if (!(value instanceof SqlIdentifier column)) {
      throw EventFunctions.isIn(value)
          ? refusals.at(
              value,
              "an expression around a function over events is not supported",
              "select the function alone and compute in the client, or compute in its operand")
          : refusals.at(
              value,
              "'" + EventFunctions.text(value) + "' is in no function",
              "write a function around it, such as SET_ONCE(...)");
    }
    int index = scope.resolve(column).column();
    if (!group.contains(index)) {
      // Without a GROUP BY that is read, nobody knows.
      throw group.isEmpty()
          ? refusals.consequence()
          : refusals.at(
              value,
              "'" + EventFunctions.text(value) + "' is neither in GROUP BY nor in a function",
              "write SET_ONCE(%1$s) AS %2$s or MAX_BY(%1$s, time) AS %2$s"
                  .formatted(EventFunctions.text(value), name));
    }
    checkName(node, name);
    Column given = EventTypes.nullable(table.columns().get(index), false);
    items.add(new Item(given.named(name), group.indexOf(index), -1));
  }

  private void checkName(SqlNode node, String name) {
    if (indexOf(name) >= 0) {
      throw refusals.at(
          node, "two columns are named '" + name + "'", "give one another name with AS");
    }
    Outputs.checkName(node, name, refusals);
  }

  /** The index of a function, which is added if it is new. */
  private int add(EventFunctions.Call call) {
    for (int i = 0; i < functions.size(); i++) {
      if (functions.get(i).function().equals(call.function())) {
        return i;
      }
    }
    functions.add(call);
    return functions.size() - 1;
  }

  private int indexOf(String name) {
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).column().name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private List<String> names() {
    return items.stream().map(item -> item.column().name()).toList();
  }

  /** Translates HAVING with the results of its functions as the columns of a table. */
  private void having(SqlNode condition) {
    SqlNode named =
        condition.accept(
            new SqlShuttle() {
              @Override
              public SqlNode visit(SqlCall call) {
                return EventFunctions.isFunction(call) ? result(call) : super.visit(call);
              }

              @Override
              public SqlNode visit(SqlIdentifier name) {
                refusals.add(ofHaving(name));
                return refused(name);
              }
            });
    List<Column> results = new ArrayList<>();
    for (int i = 0; i < functions.size(); i++) {
      results.add(functions.get(i).result().named(resultName(i)));
    }
    Scope resultScope = new Scope(refusals);
    resultScope.addRoot("HAVING", new Table("", "HAVING", results, List.of()), List.of());
    having = Conditions.in("HAVING", refusals, resultScope).of(named);
  }

  private SqlNode result(SqlCall call) {
    return refusals
        .attempt(() -> calls.of(call))
        .map(function -> named(resultName(add(function)), call))
        .orElseGet(() -> refused(call));
  }

  private static SqlNode named(String name, SqlNode at) {
    return new SqlIdentifier(name, at.getParserPosition());
  }

  private SqlNode refused(SqlNode at) {
    refusals.excuse(MysqlWords.REFUSED);
    return named(MysqlWords.REFUSED, at);
  }

  /** The name of a result in messages; the number tells results apart. */
  private String resultName(int function) {
    return functions.get(function).text() + " #" + (function + 1);
  }

  private ViewException ofHaving(SqlIdentifier name) {
    int index = name.isSimple() ? indexOf(name.getSimple()) : -1;
    int function = index < 0 ? -1 : items.get(index).function();
    return refusals.at(
        name,
        "the column '" + String.join(".", name.names) + "' in HAVING is not supported",
        function < 0
            ? "compare functions with constants and with each other"
            : "write " + functions.get(function).text());
  }

  /** The primary key must be the columns of GROUP BY, those of the key first. */
  private void keys() {
    List<Integer> key = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    boolean complete =
        group.size() > 0 && !header.key().isEmpty() && !header.primaryKey().isEmpty();
    for (Name name : header.key()) {
      complete &= refusals.check(() -> key.add(grouped(name, "the key")));
    }
    for (Name name : header.primaryKey()) {
      boolean ofKey = header.key().stream().anyMatch(k -> k.text().equalsIgnoreCase(name.text()));
      if (ofKey) {
        int index = indexOf(name.text());
        complete &= index >= 0 && all.add(index);
      } else {
        complete &= refusals.check(() -> all.add(grouped(name, "the primary key")));
      }
    }
    if (!complete) {
      throw refusals.consequence();
    }
    List<String> remedy = new ArrayList<>(key.stream().map(names()::get).toList());
    for (int i = 0; i < group.size(); i++) {
      int column = i;
      if (key.stream().noneMatch(index -> items.get(index).group() == column)) {
        remedy.add(
            items.stream()
                .filter(item -> item.group() == column)
                .map(item -> item.column().name())
                .findFirst()
                .orElse(table.columns().get(group.get(i)).name()));
      }
    }
    String expected = "PRIMARY KEY (" + String.join(", ", remedy) + ")";
    int line = header.primaryKey().get(0).line();
    if (all.size() < key.size() || !all.subList(0, key.size()).equals(key)) {
      throw refusals.at(line, "the primary key does not begin with the key", "write " + expected);
    }
    for (int i = 0; i < group.size(); i++) {
      int column = i;
      String name = table.columns().get(group.get(i)).name();
      if (items.stream().noneMatch(item -> item.group() == column)) {
        refusals.skipExcused(name);
        throw refusals.at(
            line,
            "'" + name + "' of GROUP BY is not in the SELECT list",
            "select it and write " + expected);
      }
      if (all.stream().noneMatch(index -> items.get(index).group() == column)) {
        throw refusals.at(
            line, "the primary key leaves out '" + name + "' of GROUP BY", "write " + expected);
      }
    }
    primaryKey = List.copyOf(all);
  }

  private int grouped(Name name, String of) {
    int index = indexOf(name.text());
    if (index < 0) {
      throw refusals.unlessExcused(
          name.text(),
          refusals.at(
              name.line(),
              "'" + name.text() + "' of " + of + " is not in the SELECT list",
              Suggestion.of(name.text(), names(), "select it and group by it")));
    }
    if (items.get(index).group() < 0) {
      throw refusals.at(
          name.line(),
          "'" + name.text() + "' of " + of + " is the result of a function",
          "take columns of GROUP BY");
    }
    return index;
  }

  private void order(SqlNodeList declared) {
    List<Order> parts = new ArrayList<>();
    int before = refusals.found().size();
    declared.forEach(node -> refusals.check(() -> parts.add(part(node, parts))));
    if (refusals.found().size() > before || primaryKey.isEmpty()) {
      throw refusals.consequence();
    }
    complete(parts, primaryKey.subList(header.key().size(), primaryKey.size()));
    if (parts.isEmpty()) {
      complete(parts, primaryKey.subList(0, header.key().size()));
    }
    order = List.copyOf(parts);
    long bytes =
        IntStream.range(0, items.size())
            .filter(
                i -> primaryKey.contains(i) || parts.stream().anyMatch(part -> part.output() == i))
            .mapToLong(i -> MysqlTypes.indexBytes(outputColumn(i)))
            .sum();
    if (bytes > INDEX_BYTES) {
      throw refusals.of(
          "primary key and order may take %d bytes, more than the %d that the store can index"
              .formatted(bytes, INDEX_BYTES),
          "take fewer columns, or numbers instead of STRING");
    }
  }

  private static void complete(List<Order> parts, List<Integer> indexes) {
    for (int index : indexes) {
      if (parts.stream().noneMatch(part -> part.output() == index)) {
        parts.add(new Order(index, false));
      }
    }
  }

  private Order part(SqlNode node, List<Order> parts) {
    boolean descending = node.getKind() == SqlKind.DESCENDING;
    SqlNode by = descending ? ((SqlCall) node).operand(0) : node;
    if (by.getKind() == SqlKind.NULLS_FIRST || by.getKind() == SqlKind.NULLS_LAST) {
      throw refusals.at(
          by, "NULLS FIRST and NULLS LAST are not supported", "leave them out; NULL is lowest");
    }
    if (!(by instanceof SqlIdentifier name) || !name.isSimple()) {
      throw refusals.at(
          by,
          "'" + EventFunctions.text(by) + "' in ORDER BY is not supported",
          "name a column of the SELECT list");
    }
    int index = indexOf(name.getSimple());
    if (index < 0) {
      throw refusals.unlessExcused(
          name.getSimple(),
          refusals.at(
              by,
              "'" + name.getSimple() + "' in ORDER BY is not in the SELECT list",
              Suggestion.of(name.getSimple(), names(), "select it")));
    }
    Column column = EventTypes.indexed(items.get(index).column());
    ColumnRules.againstSorting(column)
        .ifPresent(
            reason -> {
              throw refusals.at(
                  by,
                  "ORDER BY '" + column.name() + "' is not supported: " + reason,
                  "take another");
            });
    if (parts.stream().anyMatch(part -> part.output() == index)) {
      throw refusals.at(node, "ORDER BY names a column twice", "name it once");
    }
    return new Order(index, descending);
  }
}
