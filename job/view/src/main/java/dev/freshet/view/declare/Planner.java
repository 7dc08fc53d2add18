package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Expr;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;

/**
 * Plans a declared view: resolves it against MySQL's catalogue. The plan depends only on the text
 * and the catalogue, so the job and the reader compute the same plan from the same input.
 *
 * <p>Refuses every construct whose result could differ from MySQL's; the message names the line and
 * what to write instead.
 */
public final class Planner {
  private final Declaration declaration;
  private final Refusals refusals;
  private final Scope scope;

  private Planner(Declaration declaration, Scope scope) {
    this.declaration = declaration;
    this.refusals = declaration.refusals();
    this.scope = scope;
  }

  /**
   * Plans a view.
   *
   * @param text the whole {@code CREATE MATERIALIZED TABLE}
   * @param catalogue at least the tables that the view names
   * @throws ViewException if the view is not supported
   */
  public static ViewPlan plan(String text, Catalogue catalogue) {
    return plan(Declaration.parse(text), catalogue);
  }

  /**
   * Plans a view that is already parsed.
   *
   * @throws ViewException if the view is not supported
   */
  public static ViewPlan plan(Declaration declaration, Catalogue catalogue) {
    SqlSelect select = declaration.select();
    Refusals refusals = declaration.refusals();
    refuseClauses(select, refusals);
    if (select.getFrom() == null) {
      throw refusals.at(select, "FROM is missing", "name the root table after FROM");
    }
    FromClause from = new FromClause(refusals, catalogue);
    Scope scope = from.read(select.getFrom(), select.getWhere(), shownBy(declaration));
    return new Planner(declaration, scope).plan(select, from, catalogue);
  }

  /** The columns of tables that the declared primary key consists of, as SELECT names them. */
  private static List<SqlIdentifier> shownBy(Declaration declaration) {
    List<SqlIdentifier> shown = new ArrayList<>();
    for (SqlNode item : declaration.select().getSelectList()) {
      boolean named = item.getKind() == SqlKind.AS;
      if ((named ? ((SqlCall) item).operand(0) : item) instanceof SqlIdentifier column) {
        SqlIdentifier name = named ? ((SqlCall) item).operand(1) : column;
        String last = name.names.get(name.names.size() - 1);
        if (declaration.primaryKey().stream().anyMatch(key -> key.text().equalsIgnoreCase(last))) {
          shown.add(column);
        }
      }
    }
    return shown;
  }

  private static void refuseClauses(SqlSelect select, Refusals refusals) {
    SqlNode stream = select.getModifierNode(SqlSelectKeyword.STREAM);
    if (stream != null) {
      throw refusals.at(stream, "SELECT STREAM is not supported", "leave out STREAM");
    }
    Grouping.refuseCounts(select.getSelectList(), refusals);
    if (select.getHaving() != null) {
      throw refusals.at(select.getHaving(), "HAVING is not supported", "use WHERE");
    }
    if (!select.getWindowList().isEmpty()) {
      throw refusals.at(select.getWindowList(), "WINDOW is not supported", "leave it out");
    }
    if (select.hasHints()) {
      throw refusals.at(select.getHints(), "a hint is not supported", "leave it out");
    }
  }

  private ViewPlan plan(SqlSelect select, FromClause from, Catalogue catalogue) {
    List<Outputs.Item> items = Outputs.read(select.getSelectList(), scope, refusals);
    if (select.getGroup() != null) {
      new Grouping(refusals, scope, items).check(select.getGroup());
    }
    Expr where = where(select.getWhere(), from.rest());
    Map<Integer, Expr> on = new HashMap<>();
    from.conditions().forEach((node, conditions) -> on.put(node, all(conditions, "ON")));
    Keys keys = Keys.read(declaration, items, scope);
    Ordering ordering = new Ordering(declaration, scope, items, keys);
    List<ViewPlan.Order> order = ordering.read(declaration.order());
    List<ViewPlan.Bound> bounds =
        declaration.bounds().stream()
            .map(bound -> bound.resolve(refusals, scope, ordering.items(), keys, order))
            .toList();
    Cascades.add(declaration, catalogue, scope);
    return new ViewPlan(
        declaration.view(),
        scope.narrow(on),
        where.mapped(scope::narrow),
        ordering.outputs(),
        keys.primaryKey(),
        keys.keyColumns(),
        order,
        bounds,
        declaration.freshness(),
        declaration.options(),
        ordering.query());
  }

  private Expr where(SqlNode condition, List<SqlNode> joined) {
    List<SqlNode> conditions = new ArrayList<>(joined);
    if (condition != null) {
      conditions.add(condition);
    }
    return all(conditions, "WHERE");
  }

  private Expr all(List<SqlNode> conditions, String clause) {
    List<Expr> all =
        conditions.stream().map(each -> Conditions.in(clause, refusals, scope).of(each)).toList();
    return all.size() == 1 ? all.get(0) : new Expr.And(all);
  }
}
