package dev.freshet.view.source;

import com.google.common.collect.Iterables;
import dev.freshet.view.Catalogue;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.sql.PlanCheck;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Declared views, planned over the tables of a MySQL server. The job, when it starts, and before
 * that the commands {@code submit} and {@code explain} decide here which views are accepted. Each
 * view is planned by itself, so all problems are reported at once.
 *
 * @param catalogue all tables that the views name and the server has
 * @param views the accepted views, in the order of their declarations
 * @param problems why other views, or the server, are refused; each problem is one line with
 *     subject, value and remedy
 */
public record PlannedViews(Catalogue catalogue, List<View> views, List<String> problems) {
  /** An accepted view. */
  public record View(Declaration declaration, ViewPlan plan) {}

  public PlannedViews {
    views = List.copyOf(views);
    problems = List.copyOf(problems);
  }

  /**
   * Plans views; checks nothing else of the server. Reports all problems of a view, also if its
   * declaration was only read in part.
   *
   * @param database the default schema of unqualified table names
   * @throws SQLException if a query to the server fails
   */
  public static PlannedViews plan(Connection mysql, String database, List<Declaration> declarations)
      throws SQLException {
    Catalogue catalogue = new Catalogue(database, List.of());
    List<Declaration> checked = new ArrayList<>();
    for (Declaration declaration : declarations) {
      catalogue = union(catalogue, CatalogueReader.existing(mysql, database, List.of(declaration)));
      checked.add(CatalogueReader.checked(mysql, database, declaration));
    }
    List<View> views = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Declaration declaration : checked) {
      try {
        views.add(new View(declaration, Planner.plan(declaration, catalogue)));
      } catch (ViewException e) {
        problems.addAll(e.problems());
      }
    }
    return new PlannedViews(catalogue, views, problems);
  }

  /**
   * Plans views and checks all that a job needs: the server's version, settings and rights, the
   * tables, and whether MySQL understands the queries of each plan as the plan does.
   *
   * @param mysql a connection with the settings of {@link dev.freshet.view.sql.MysqlSession}, to
   *     the source's database, with the job's account
   * @param database the default schema of unqualified table names
   * @throws SQLException if a query to the server fails
   */
  public static PlannedViews check(
      Connection mysql, String database, List<Declaration> declarations) throws SQLException {
    Optional<String> version = SourceVersion.problem(mysql);
    if (version.isPresent()) {
      Catalogue nothing = new Catalogue(database, List.of());
      return new PlannedViews(nothing, List.of(), List.of(version.get()));
    }
    PlannedViews planned = plan(mysql, database, declarations);
    List<View> views = new ArrayList<>();
    List<String> problems = new ArrayList<>(planned.problems);
    for (View view : planned.views) {
      List<String> disagreements = PlanCheck.problems(mysql, view.plan());
      problems.addAll(disagreements);
      if (disagreements.isEmpty()) {
        views.add(view);
      }
    }
    problems.addAll(SourceCheck.problems(mysql, planned.tables()));
    return new PlannedViews(planned.catalogue, views, problems);
  }

  /** Returns the plans of the accepted views. */
  public List<ViewPlan> plans() {
    return views.stream().map(View::plan).toList();
  }

  /** Returns the tables that the accepted views need. */
  public List<Table> tables() {
    return views.stream().flatMap(v -> v.plan().nodes().stream()).map(PlanNode::table).toList();
  }

  /** Returns the tables that occur in the accepted views' queries. */
  public List<Table> queriedTables() {
    return views.stream()
        .flatMap(v -> v.plan().nodes().stream())
        .filter(PlanNode::isShown)
        .map(PlanNode::table)
        .toList();
  }

  /**
   * Returns the tables of both; a table of both is taken from the first. The database is the
   * second's.
   */
  private static Catalogue union(Catalogue before, Catalogue more) {
    Map<List<String>, Table> tables = new LinkedHashMap<>();
    for (Table table : Iterables.concat(before.tables(), more.tables())) {
      tables.putIfAbsent(List.of(table.database(), table.name()), table);
    }
    return new Catalogue(more.database(), List.copyOf(tables.values()));
  }
}
