package dev.freshet.view.declare;

import dev.freshet.view.event.EventView;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The views that files declare. Each file is read and parsed by itself, so that all problems are
 * known at once.
 *
 * @param views the views over tables of MySQL that were parsed, in the order of their files
 * @param events the read models over events, in the order of their files
 * @param problems why the other files, or the folder, gave none: one line each, with subject, value
 *     and remedy
 * @param refused views that were parsed although they have some of these problems. Planning them
 *     tells the rest of their problems
 * @param unreadable the problems of those files that gave not even such a view, or of the folder
 */
public record Declarations(
    List<Declaration> views,
    List<Events> events,
    List<String> problems,
    List<Declaration> refused,
    List<String> unreadable) {
  /** A read model over events, with the text that declares it. */
  public record Events(String text, EventView view) {}

  public Declarations {
    views = List.copyOf(views);
    events = List.copyOf(events);
    problems = List.copyOf(problems);
    refused = List.copyOf(refused);
    unreadable = List.copyOf(unreadable);
  }

  /** All views over tables that were parsed, with those that are refused in any case. */
  public List<Declaration> parsed() {
    List<Declaration> parsed = new ArrayList<>(views);
    parsed.addAll(refused);
    return parsed;
  }

  /**
   * Reads all {@code .sql} files of a folder, by their names. A folder without any is a problem.
   */
  public static Declarations in(Path folder) {
    try {
      List<Path> files = files(folder);
      return files.isEmpty()
          ? refused("Views: folder " + folder + " has no .sql file; declare a view in one")
          : of(files);
    } catch (IOException e) {
      return refused("Views: folder " + folder + " cannot be read; check its rights");
    }
  }

  /** Reads files, whatever their names. */
  public static Declarations of(List<Path> files) {
    List<Declaration> views = new ArrayList<>();
    List<Events> events = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<Declaration> refused = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    Map<String, Path> declared = new HashMap<>();
    for (Path file : files) {
      String where = " [" + file.getFileName() + "]";
      List<String> unread = new ArrayList<>();
      try {
        String text = Files.readString(file);
        if (EventPlanner.isOne(text)) {
          Events view = new Events(text, EventPlanner.plan(text));
          if (isFirst(declared, view.view().plan().view(), file, unread)) {
            events.add(view);
          }
        } else {
          Declaration view = Declaration.read(text);
          if (isFirst(declared, view.view(), file, unread)) {
            (view.problems().isEmpty() ? views : refused).add(view);
            view.problems().forEach(problem -> problems.add(problem + where));
          }
        }
      } catch (CharacterCodingException e) {
        unread.add("View " + file + ": the file is not UTF-8; save it as UTF-8");
      } catch (IOException e) {
        unread.add("View " + file + ": the file cannot be read; check path and rights");
      } catch (ViewException e) {
        e.problems().forEach(problem -> unread.add(problem + where));
      }
      problems.addAll(unread);
      unreadable.addAll(unread);
    }
    return new Declarations(views, events, problems, refused, unreadable);
  }

  /** Notes the file of a view; adds a problem if another file declares the view too. */
  private static boolean isFirst(
      Map<String, Path> declared, String view, Path file, List<String> problems) {
    Path first = declared.putIfAbsent(view, file);
    if (first != null) {
      problems.add(
          "View %s: it is declared twice, in %s too; rename one, or remove its file [%s]"
              .formatted(view, first.getFileName(), file.getFileName()));
    }
    return first == null;
  }

  /** False where {@link #in} finds no folder, or no {@code .sql} file in it. */
  public static boolean areIn(Path folder) {
    try {
      return !files(folder).isEmpty();
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
  }

  private static Declarations refused(String problem) {
    return new Declarations(List.of(), List.of(), List.of(problem), List.of(), List.of(problem));
  }
}
