package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.store.StoreNames;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.declare.PlainQuery;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.source.PlannedViews;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the declared views of a configuration. Throws {@link Failure} with all their problems. */
public final class DeclaredViews {
  private DeclaredViews() {}

  /** Returns all views of the folder. */
  public static List<Declaration> all(Config config) {
    return whole(Declarations.in(config.views()));
  }

  /**
   * What the arguments of a command mean.
   *
   * @param views declared views, also those that are refused whatever their tables are
   * @param queries plain queries, for which views are to be derived
   * @param problems of files that are neither
   */
  public record Asked(List<Declaration> views, List<PlainQuery> queries, List<String> problems) {
    public Asked {
      views = List.copyOf(views);
      queries = List.copyOf(queries);
      problems = List.copyOf(problems);
    }
  }

  /**
   * Finds views and queries.
   *
   * @param config whose folder has the views that are asked for by name; empty for none
   * @param arguments names of views, files with a declaration or a query, or texts of queries
   * @param name the name of the view that is derived from a query; empty to take the file's
   */
  public static Asked asked(
      Optional<Config> config, List<String> arguments, Optional<String> name) {
    List<Declaration> views = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<PlainQuery> queries = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String argument : arguments) {
      Optional<Path> file = PlainQuery.isOne(argument) ? Optional.empty() : file(argument);
      Optional<String> query =
          file.isPresent() ? file.flatMap(DeclaredViews::query) : Optional.of(argument);
      if (file.isEmpty() && !PlainQuery.isOne(argument)) {
        views.add(named(config, argument));
      } else if (query.isEmpty()) {
        file.ifPresent(files::add);
      } else {
        try {
          queries.add(PlainQuery.parse(query.get(), name.or(() -> file.map(DeclaredViews::stem))));
        } catch (ViewException e) {
          problems.addAll(e.problems());
        }
      }
    }
    if (!files.isEmpty()) {
      Declarations declared = Declarations.of(files);
      views.addAll(declared.parsed());
      problems.addAll(declared.unreadable());
    }
    return new Asked(views, queries, problems);
  }

  private static Optional<Path> file(String argument) {
    return argument.endsWith(".sql") || isFile(argument)
        ? Optional.of(Path.of(argument))
        : Optional.empty();
  }

  private static boolean isFile(String argument) {
    try {
      return Files.isRegularFile(Path.of(argument));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The plain query of a file; empty if it has none, or cannot be read. */
  private static Optional<String> query(Path file) {
    try {
      return Optional.of(Files.readString(file)).filter(PlainQuery::isOne);
    } catch (IOException e) {
      // Reading it as a declaration says what is wrong.
      return Optional.empty();
    }
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
  }

  private static Declaration named(Optional<Config> given, String name) {
    Config config =
        given.orElseThrow(
            () -> new Failure("View " + name + ": it is no .sql file; give a file, or a query"));
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
