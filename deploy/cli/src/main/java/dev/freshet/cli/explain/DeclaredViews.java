package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.store.StoreNames;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.declare.EventPlanner;
import dev.freshet.view.declare.PlainQuery;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.event.EventView;
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
   * What an argument of a command means: a declared view, a plain query, a read model over events,
   * or none of these.
   *
   * @param argument the argument as it was given
   * @param view a declared view, also one that is refused whatever its tables are
   * @param query a plain query, for which a view is to be derived
   * @param events a read model over events
   * @param problems why it is none of these
   */
  public record Asked(
      String argument,
      Optional<Declaration> view,
      Optional<PlainQuery> query,
      Optional<EventView> events,
      List<String> problems) {
    public Asked {
      problems = List.copyOf(problems);
    }

    private static Asked refused(String argument, List<String> problems) {
      return new Asked(argument, Optional.empty(), Optional.empty(), Optional.empty(), problems);
    }

    private static Asked view(String argument, Declaration view) {
      return new Asked(argument, Optional.of(view), Optional.empty(), Optional.empty(), List.of());
    }

    /** Whether MySQL's tables are needed to say more. */
    public boolean isReadable() {
      return view.isPresent() || query.isPresent();
    }
  }

  /**
   * Finds views and queries. What is wrong with one argument is a problem of that argument alone.
   *
   * @param config whose folder has the views that are asked for by name; empty for none
   * @param arguments names of views, files with a declaration or a query, or texts of queries
   * @param name the name of the view that is derived from a query; empty to take the file's
   */
  public static List<Asked> asked(
      Optional<Config> config, List<String> arguments, Optional<String> name) {
    return arguments.stream().map(argument -> asked(config, argument, name)).toList();
  }

  private static Asked asked(Optional<Config> config, String argument, Optional<String> name) {
    if (PlainQuery.isOne(argument)) {
      return query(argument, argument, name);
    }
    Optional<Path> file = file(argument);
    if (file.isEmpty()) {
      return named(config, argument);
    }
    Optional<String> events = text(file.get()).filter(EventPlanner::isOne);
    if (events.isPresent()) {
      return events(argument, events.get());
    }
    Optional<String> query = text(file.get()).filter(PlainQuery::isOne);
    if (query.isPresent()) {
      return query(argument, query.get(), name.or(() -> file.map(DeclaredViews::stem)));
    }
    Declarations declared = Declarations.of(List.of(file.get()));
    return declared.parsed().stream()
        .findFirst()
        .map(view -> Asked.view(argument, view))
        .orElseGet(() -> Asked.refused(argument, declared.unreadable()));
  }

  private static Asked query(String argument, String text, Optional<String> name) {
    try {
      PlainQuery query = PlainQuery.parse(text, name);
      return new Asked(argument, Optional.empty(), Optional.of(query), Optional.empty(), List.of());
    } catch (ViewException e) {
      return Asked.refused(argument, e.problems());
    }
  }

  private static Asked events(String argument, String text) {
    try {
      EventView events = EventPlanner.plan(text);
      return new Asked(
          argument, Optional.empty(), Optional.empty(), Optional.of(events), List.of());
    } catch (ViewException e) {
      return Asked.refused(argument, e.problems());
    }
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

  /** The text of a file; empty if it cannot be read. */
  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      // Reading it as a declaration says what is wrong.
      return Optional.empty();
    }
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
  }

  private static Asked named(Optional<Config> given, String name) {
    if (given.isEmpty()) {
      return Asked.refused(
          name, List.of("View " + name + ": it is no .sql file; give a file, or a query"));
    }
    Declarations declared = Declarations.in(given.get().views());
    Optional<EventView> events =
        declared.events().stream()
            .map(Declarations.Events::view)
            .filter(view -> view.plan().view().equals(name))
            .findFirst();
    if (events.isPresent()) {
      return new Asked(name, Optional.empty(), Optional.empty(), events, List.of());
    }
    return declared.parsed().stream()
        .filter(view -> view.view().equals(name))
        .findFirst()
        .map(view -> Asked.view(name, view))
        .orElseGet(() -> Asked.refused(name, unknown(given.get().views(), name, declared)));
  }

  /** That there is no such view, and which files of the folder could not be read. */
  private static List<String> unknown(Path folder, String name, Declarations declared) {
    List<String> names =
        new ArrayList<>(declared.parsed().stream().map(Declaration::view).toList());
    declared.events().forEach(events -> names.add(events.view().plan().view()));
    List<String> problems = new ArrayList<>();
    if (!names.isEmpty() || declared.unreadable().isEmpty()) {
      problems.add(
          "View %s: %s has no view with this name; %s"
              .formatted(
                  name,
                  folder,
                  Suggestion.of(name, names, "declared are " + String.join(", ", names))));
    }
    problems.addAll(declared.unreadable());
    return problems;
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
