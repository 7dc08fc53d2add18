package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Expr;
import dev.freshet.view.ViewPlan;
import java.util.List;
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
    Scope scope = new FromClause(refusals, catalogue).read(select.getFrom());
    return new Planner(declaration, scope).plan(select);
  }

  private static void refuseClauses(SqlSelect select, Refusals refusals) {
    SqlNode stream = select.getModifierNode(SqlSelectKeyword.STREAM);
    if (stream != null) {
      throw refusals.at(stream, "SELECT STREAM is not supported", "leave out STREAM");
    }
    if (select.getGroup() != null) {
      throw refusals.at(
          select.getGroup(),
          "GROUP BY is not supported",
          "an answer's total counts its entries; compute the rest in the client");
    }
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

  private ViewPlan plan(SqlSelect select) {
    List<Outputs.Item> items = Outputs.read(select.getSelectList(), scope, refusals);
    Expr where =
        select.getWhere() == null
            ? Expr.TRUE
            : Conditions.inWhere(refusals, scope).of(select.getWhere());
    Keys keys = Keys.read(declaration, items, scope);
    List<ViewPlan.Order> order =
        new Ordering(refusals, scope, items, keys).read(declaration.order());
    return new ViewPlan(
        declaration.view(),
        scope.narrow(),
        where.mapped(scope::narrow),
        items.stream()
            .map(item -> new ViewPlan.Output(item.column(), item.value().mapped(scope::narrow)))
            .toList(),
        keys.primaryKey(),
        keys.keyColumns(),
        order,
        declaration.freshness(),
        declaration.options(),
        declaration.query());
  }
}
