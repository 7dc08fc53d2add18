package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.declare.ViewException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The declared views of a configuration. */
public final class DeclaredViews {
  private DeclaredViews() {}

  /** Whether the folder is there and holds a file that could declare one. */
  public static boolean areThere(Config config) {
    try (Stream<Path> files = Files.list(config.views())) {
      return files.anyMatch(file -> file.toString().endsWith(".sql"));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new Failure("Views: folder " + config.views() + " cannot be read; check its rights", e);
    }
  }

  /** All of the folder. */
  public static List<Declaration> all(Config config) {
    List<Declaration> declarations = new ArrayList<>();
    try (Stream<Path> files = Files.list(config.views())) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sql")).sorted().toList()) {
        declarations.add(parse(file));
      }
    } catch (IOException e) {
      throw new Failure("Views: folder " + config.views() + " cannot be read; check its rights", e);
    }
    if (declarations.isEmpty()) {
      throw new Failure("Views: folder " + config.views() + " has no .sql file; declare a view");
    }
    return declarations;
  }

  /**
   * One view.
   *
   * @param name of a view of the folder, or the path of a file
   */
  public static Declaration named(Config config, String name) {
    if (name.endsWith(".sql") || Files.isRegularFile(Path.of(name))) {
      return parse(Path.of(name));
    }
    List<Declaration> all = all(config);
    List<String> names = all.stream().map(Declaration::view).toList();
    return all.stream()
        .filter(view -> view.view().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    "View %s: %s has none of that name; %s"
                        .formatted(
                            name,
                            config.views(),
                            Suggestion.of(
                                name, names, "declared are " + String.join(", ", names)))));
  }

  /** The plan of a view over the tables that MySQL has. */
  public static ViewPlan plan(Connection mysql, Config config, Declaration view)
      throws SQLException {
    return plan(mysql, config.source().database(), view);
  }

  /** The plan of a view over the tables of a database. */
  public static ViewPlan plan(Connection mysql, String database, Declaration view)
      throws SQLException {
    try {
      return Planner.plan(view, CatalogueReader.read(mysql, database, List.of(view)));
    } catch (ViewException e) {
      throw new Failure(e.getMessage(), e);
    }
  }

  /** The view that a file declares. */
  public static Declaration parse(Path file) {
    try {
      return Declaration.parse(Files.readString(file));
    } catch (IOException e) {
      throw new Failure("View " + file + ": the file cannot be read; check path and rights", e);
    } catch (ViewException e) {
      throw new Failure(e.getMessage() + " [" + file.getFileName() + "]", e);
    }
  }
}
