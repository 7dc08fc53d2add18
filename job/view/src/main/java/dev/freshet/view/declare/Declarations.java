package dev.freshet.view.declare;

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
 * @param views the views that were parsed, in the order of their files
 * @param problems why the other files, or the folder, gave none: one line each, with subject, value
 *     and remedy
 */
public record Declarations(List<Declaration> views, List<String> problems) {
  public Declarations {
    views = List.copyOf(views);
    problems = List.copyOf(problems);
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
    List<String> problems = new ArrayList<>();
    Map<String, Path> declared = new HashMap<>();
    for (Path file : files) {
      try {
        Declaration view = Declaration.parse(Files.readString(file));
        Path first = declared.putIfAbsent(view.view(), file);
        if (first == null) {
          views.add(view);
        } else {
          problems.add(
              "View %s: it is declared twice, in %s too; rename one, or remove its file [%s]"
                  .formatted(view.view(), first.getFileName(), file.getFileName()));
        }
      } catch (CharacterCodingException e) {
        problems.add("View " + file + ": the file is not UTF-8; save it as UTF-8");
      } catch (IOException e) {
        problems.add("View " + file + ": the file cannot be read; check path and rights");
      } catch (ViewException e) {
        problems.add(e.getMessage() + " [" + file.getFileName() + "]");
      }
    }
    return new Declarations(views, problems);
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
    return new Declarations(List.of(), List.of(problem));
  }
}
