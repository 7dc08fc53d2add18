package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Expr;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private Planner(Declaration declaration, Refusals refusals, Scope scope) {
    this.declaration = declaration;
    this.refusals = refusals;
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
    return plan(Declaration.read(text), catalogue);
  }

  /**
   * Plans a view that is already parsed.
   *
   * @throws ViewException if the view is not supported
   */
  public static ViewPlan plan(Declaration declaration, Catalogue catalogue) {
    Refusals refusals = declaration.refusals();
    Optional<ViewPlan> plan =
        refusals.attempt(() -> refusals.nested(() -> plan(declaration, catalogue, refusals)));
    refusals.throwFound();
    return plan.orElseThrow();
  }

  private static ViewPlan plan(Declaration declaration, Catalogue catalogue, Refusals refusals) {
    SqlSelect select = declaration.select();
    refuseClauses(select, refusals);
    if (select.getFrom() == null) {
      throw refusals.at(select, "FROM is missing", "name the root table after FROM");
    }
    FromClause from = new FromClause(refusals, catalogue);
    Scope scope = from.read(select.getFrom(), select.getWhere(), shownBy(declaration));
    return new Planner(declaration, refusals, scope).plan(select, from, catalogue);
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
      refusals.add(refusals.at(stream, "SELECT STREAM is not supported", "leave out STREAM"));
    }
    if (select.getHaving() != null) {
      refusals.add(
          refusals.at(
              select.getHaving(),
              "HAVING is not supported",
              "write conditions on columns into WHERE; decide the rest in the client"));
    }
    if (!select.getWindowList().isEmpty()) {
      refusals.add(refusals.at(select.getWindowList(), "WINDOW is not supported", "leave it out"));
    }
    if (select.hasHints()) {
      refusals.add(refusals.at(select.getHints(), "a hint is not supported", "leave it out"));
    }
  }

  private ViewPlan plan(SqlSelect select, FromClause from, Catalogue catalogue) {
    int before = refusals.found().size();
    List<Outputs.Item> items = Outputs.read(select.getSelectList(), scope, refusals);
    Optional<SqlCall> count = Grouping.count(select.getSelectList());
    if (count.isPresent()) {
      refusals.add(Grouping.refused(count.get(), select.getGroup() != null, refusals));
      refusals.excuse(Outputs.ALL);
    } else if (select.getGroup() != null
        && !scope.isIncomplete()
        && items.size() == select.getSelectList().size()) {
      refusals.check(() -> new Grouping(refusals, scope, items).check(select.getGroup()));
    }
    Keys keys =
        refusals.attempt(() -> Keys.read(declaration, refusals, items, scope)).orElse(Keys.NONE);
    Ordering ordering = new Ordering(declaration, refusals, scope, items, keys);
    List<ViewPlan.Order> order =
        refusals.attempt(() -> ordering.read(declaration.order())).orElse(List.of());
    // A bound is one of the order, which is not known if a part of it is refused.
    boolean ordered = refusals.found().size() == before && !keys.equals(Keys.NONE);
    Expr where = where(select.getWhere(), from.rest());
    Map<Integer, Expr> on = new HashMap<>();
    from.conditions().forEach((node, conditions) -> on.put(node, all(conditions, "ON")));
    List<ViewPlan.Bound> bounds = new ArrayList<>();
    if (ordered) {
      for (BoundCondition bound : declaration.bounds()) {
        refusals
            .attempt(() -> bound.resolve(refusals, scope, ordering.items(), keys, order))
            .ifPresent(bounds::add);
      }
    }
    Cascades.add(declaration, refusals, catalogue, scope);
    // What follows relies on all parts.
    refusals.throwFound();
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
        conditions.stream()
            .flatMap(
                each ->
                    refusals
                        .attempt(() -> Conditions.in(clause, refusals, scope).of(each))
                        .stream())
            .toList();
    return all.size() == 1 ? all.get(0) : new Expr.And(all);
  }
}
