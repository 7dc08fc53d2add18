package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.store.StoreNames;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.source.PlannedViews;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Reads the declared views of a configuration. Throws {@link Failure} with all their problems. */
public final class DeclaredViews {
  private DeclaredViews() {}

  /** Returns all views of the folder. */
  public static List<Declaration> all(Config config) {
    return whole(Declarations.in(config.views()));
  }

  /** Returns the views that files declare. */
  public static List<Declaration> of(List<Path> files) {
    return whole(Declarations.of(files));
  }

  /**
   * Returns one view.
   *
   * @param name the name of a view of the folder, or the path of a file
   */
  public static Declaration named(Config config, String name) {
    if (name.endsWith(".sql") || Files.isRegularFile(Path.of(name))) {
      return of(List.of(Path.of(name))).get(0);
    }
    List<Declaration> all = all(config);
    List<String> names = all.stream().map(Declaration::view).toList();
    return all.stream()
        .filter(view -> view.view().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    "View %s: %s has no view with this name; %s"
                        .formatted(
                            name,
                            config.views(),
                            Suggestion.of(
                                name, names, "declared are " + String.join(", ", names)))));
  }

  /** Plans views with MySQL's current tables. */
  static List<ViewPlan> plans(Connection mysql, Config config, List<Declaration> views)
      throws SQLException {
    PlannedViews planned = StoreNames.plan(mysql, config.source().database(), views);
    Failure.ifAny(planned.problems());
    return planned.plans();
  }

  private static List<Declaration> whole(Declarations declarations) {
    Failure.ifAny(declarations.problems());
    return declarations.views();
  }
}
