package dev.freshet.view.declare;

import dev.freshet.view.ViewOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;

/**
 * A declared view, parsed but not yet checked against its tables. Refuses unsupported clauses
 * around the query; {@link Planner} checks the query itself.
 */
public final class Declaration {
  private final String text;
  private final String parsed;
  private final String view;
  private final List<Name> primaryKey;
  private final List<Name> key;
  private final Duration freshness;
  private final ViewOptions options;
  private final SqlSelect select;
  private final SqlNodeList order;
  private final List<BoundCondition> bounds;
  private final QueryText query;
  private final int doubleQuotedLine;

  /**
   * A column's name in the declaration's PRIMARY KEY or PARTITIONED BY.
   *
   * @param line the line of the text, from 1
   */
  record Name(String text, int line) {}

  Declaration(
      String text,
      String parsed,
      String view,
      List<Name> primaryKey,
      List<Name> key,
      Duration freshness,
      ViewOptions options,
      SqlSelect select,
      SqlNodeList order,
      List<BoundCondition> bounds,
      QueryText query,
      int doubleQuotedLine) {
    this.text = Objects.requireNonNull(text, "text");
    this.parsed = Objects.requireNonNull(parsed, "parsed");
    this.view = Objects.requireNonNull(view, "view");
    this.primaryKey = List.copyOf(primaryKey);
    this.key = List.copyOf(key);
    this.freshness = Objects.requireNonNull(freshness, "freshness");
    this.options = Objects.requireNonNull(options, "options");
    this.select = Objects.requireNonNull(select, "select");
    this.order = Objects.requireNonNull(order, "order");
    this.bounds = List.copyOf(bounds);
    this.query = Objects.requireNonNull(query, "query");
    this.doubleQuotedLine = doubleQuotedLine;
  }

  /**
   * Parses a declaration, which may have comments and a closing semicolon.
   *
   * @param text the whole {@code CREATE MATERIALIZED TABLE}
   * @throws ViewException if the text is not a declaration, or has an unsupported clause
   */
  public static Declaration parse(String text) {
    return new DeclarationParser(text).parse();
  }

  /** The text that was parsed, unchanged. */
  public String text() {
    return text;
  }

  /** The view's name. */
  public String view() {
    return view;
  }

  /** The tables of the FROM clause, in its order, without duplicates. */
  public List<TableName> tables() {
    List<TableName> tables = new ArrayList<>();
    collect(select.getFrom(), tables);
    return tables;
  }

  /**
   * The columns that the query names, by table. They are found without the catalogue, so all sets
   * are empty if the query has several tables and names a column without an alias.
   */
  public Map<TableName, Set<String>> columns() {
    return new NamedColumns().of(select, order);
  }

  /**
   * The author's SELECT as written, without what changes nothing here: ORDER BY, DISTINCT, GROUP
   * BY. Texts are in single quotes, and TRUE stands for each bound.
   */
  public String query() {
    return query.toString();
  }

  QueryText queryText() {
    return query;
  }

  /** The text of a value in the declaration. */
  String textOf(SqlNode value) {
    return SourceText.value(parsed, value.getParserPosition());
  }

  /** The line of the first text in double quotes; 0 if there is none. */
  int doubleQuotedLine() {
    return doubleQuotedLine;
  }

  /** The maximum age of an answer that is served from the projection. */
  public Duration freshness() {
    return freshness;
  }

  /** How the view is stored and served. */
  public ViewOptions options() {
    return options;
  }

  /**
   * Whether both declarations have the same answers. They may differ in spelling, in options and in
   * FRESHNESS.
   */
  public boolean answersAs(Declaration other) {
    return view.equals(other.view)
        && texts(primaryKey).equals(texts(other.primaryKey))
        && texts(key).equals(texts(other.key))
        && query().equals(other.query())
        && order.toString().equals(other.order.toString())
        && bounds.toString().equals(other.bounds.toString());
  }

  private static List<String> texts(List<Name> names) {
    return names.stream().map(Name::text).toList();
  }

  List<Name> primaryKey() {
    return primaryKey;
  }

  List<Name> key() {
    return key;
  }

  SqlSelect select() {
    return select;
  }

  SqlNodeList order() {
    return order;
  }

  /** The conditions that were taken out of WHERE because each read gives their values. */
  List<BoundCondition> bounds() {
    return bounds;
  }

  Refusals refusals() {
    return new Refusals(view);
  }

  private static void collect(SqlNode from, List<TableName> tables) {
    if (from instanceof SqlJoin join) {
      collect(join.getLeft(), tables);
      collect(join.getRight(), tables);
    } else if (from instanceof SqlBasicCall call && call.getKind() == SqlKind.AS) {
      collect(call.operand(0), tables);
    } else if (from instanceof SqlIdentifier identifier && identifier.names.size() <= 2) {
      TableName table = nameOf(identifier);
      if (tables.stream().noneMatch(table::isSameAs)) {
        tables.add(table);
      }
    }
  }

  static TableName nameOf(SqlIdentifier identifier) {
    int line = identifier.getParserPosition().getLineNum();
    return identifier.isSimple()
        ? new TableName("", identifier.getSimple(), line)
        : new TableName(identifier.names.get(0), identifier.names.get(1), line);
  }
}
