package dev.freshet.view.declare;

import dev.freshet.view.ViewOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;

/**
 * A declared view as its syntax says it: nothing is known yet of the tables it names. What only
 * needs the syntax to be refused is refused here; the query's own constructs are {@link Planner}'s.
 */
public final class Declaration {
  private final String text;
  private final String view;
  private final List<Name> primaryKey;
  private final List<Name> key;
  private final Duration freshness;
  private final ViewOptions options;
  private final SqlSelect select;
  private final SqlNodeList order;
  private final String query;

  /**
   * A column's name where the declaration itself names it.
   *
   * @param line where it stands
   */
  record Name(String text, int line) {}

  Declaration(
      String text,
      String view,
      List<Name> primaryKey,
      List<Name> key,
      Duration freshness,
      ViewOptions options,
      SqlSelect select,
      SqlNodeList order,
      String query) {
    this.text = Objects.requireNonNull(text, "text");
    this.view = Objects.requireNonNull(view, "view");
    this.primaryKey = List.copyOf(primaryKey);
    this.key = List.copyOf(key);
    this.freshness = Objects.requireNonNull(freshness, "freshness");
    this.options = Objects.requireNonNull(options, "options");
    this.select = Objects.requireNonNull(select, "select");
    this.order = Objects.requireNonNull(order, "order");
    this.query = Objects.requireNonNull(query, "query");
  }

  /**
   * Reads a declaration; a closing semicolon and comments are allowed.
   *
   * @param text the whole {@code CREATE MATERIALIZED TABLE}
   * @throws ViewException when it is none, or uses a clause that is not supported
   */
  public static Declaration parse(String text) {
    return new DeclarationParser(text).parse();
  }

  /** The text as it was given. */
  public String text() {
    return text;
  }

  /** The view's name. */
  public String view() {
    return view;
  }

  /** The tables of the FROM clause, in its order, each once. */
  public List<TableName> tables() {
    List<TableName> tables = new ArrayList<>();
    collect(select.getFrom(), tables);
    return tables;
  }

  /** The author's SELECT as written, without its ORDER BY. */
  public String query() {
    return query;
  }

  /** How old an answer may be. */
  public Duration freshness() {
    return freshness;
  }

  /** How the view is kept and served. */
  public ViewOptions options() {
    return options;
  }

  /**
   * Whether the other declares the same answers: it may be kept, served and written down in another
   * way, and be fresh for another time.
   */
  public boolean answersAs(Declaration other) {
    return view.equals(other.view)
        && texts(primaryKey).equals(texts(other.primaryKey))
        && texts(key).equals(texts(other.key))
        && query.equals(other.query)
        && order.toString().equals(other.order.toString());
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
      if (tables.stream()
          .noneMatch(t -> t.database().equals(table.database()) && t.name().equals(table.name()))) {
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
