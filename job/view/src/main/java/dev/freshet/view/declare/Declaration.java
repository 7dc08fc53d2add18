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
  private final List<ViewException.Problem> problems;
  private final List<TableName> unknown;

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
      int doubleQuotedLine,
      List<ViewException.Problem> problems) {
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
    this.problems = List.copyOf(problems);
    this.unknown = List.of();
  }

  private Declaration(
      Declaration same,
      int doubleQuotedLine,
      List<ViewException.Problem> problems,
      List<TableName> unknown) {
    this.text = same.text;
    this.parsed = same.parsed;
    this.view = same.view;
    this.primaryKey = same.primaryKey;
    this.key = same.key;
    this.freshness = same.freshness;
    this.options = same.options;
    this.select = same.select;
    this.order = same.order;
    this.bounds = same.bounds;
    this.query = same.query;
    this.doubleQuotedLine = doubleQuotedLine;
    this.problems = List.copyOf(problems);
    this.unknown = List.copyOf(unknown);
  }

  /** The same declaration with more problems. */
  Declaration with(List<ViewException.Problem> more) {
    List<ViewException.Problem> all = new ArrayList<>(more);
    all.addAll(problems);
    return new Declaration(this, doubleQuotedLine, all, unknown);
  }

  /** The same declaration, derived from a text with double quotes on a line; 0 for none. */
  Declaration quotedAt(int line) {
    return new Declaration(this, line, problems, unknown);
  }

  /** The same declaration, some of whose tables are known to be missing, each with its problem. */
  Declaration lacking(Map<TableName, ViewException> missing) {
    List<ViewException.Problem> all =
        missing.values().stream().flatMap(refusal -> refusal.found().stream()).toList();
    Declaration lacking = with(all);
    return new Declaration(
        lacking, doubleQuotedLine, lacking.problems, List.copyOf(missing.keySet()));
  }

  /**
   * Parses a declaration, which may have comments and a closing semicolon.
   *
   * @param text the whole {@code CREATE MATERIALIZED TABLE}
   * @throws ViewException if the text is not a declaration, or has an unsupported clause
   */
  public static Declaration parse(String text) {
    Declaration declaration = read(text);
    declaration.refusals().throwFound();
    return declaration;
  }

  /**
   * Parses a declaration whose clauses around the query may be refused: {@link #problems} has why,
   * and planning throws these problems together with those of the query.
   *
   * @throws ViewException if the text cannot be read as a declaration of a SELECT
   */
  static Declaration read(String text) {
    return new DeclarationParser(text).parse();
  }

  /** Why the declaration is refused whatever its tables are, one line each. */
  List<String> problems() {
    return ViewException.ordered(problems).problems();
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

  /** New refusals of this view, which have the declaration's own problems. */
  Refusals refusals() {
    Refusals refusals = new Refusals(view);
    refusals.add(problems);
    unknown.forEach(table -> refusals.excuse(excused(table)));
    if (!problems.isEmpty()) {
      refusals.excuse(MysqlWords.REFUSED);
    }
    return refusals;
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

  /** The name by which {@link Refusals} excuses a missing table. */
  static String excused(TableName table) {
    return "table " + table.database() + "." + table.name();
  }

  static TableName nameOf(SqlIdentifier identifier) {
    int line = identifier.getParserPosition().getLineNum();
    return identifier.isSimple()
        ? new TableName("", identifier.getSimple(), line)
        : new TableName(identifier.names.get(0), identifier.names.get(1), line);
  }
}
