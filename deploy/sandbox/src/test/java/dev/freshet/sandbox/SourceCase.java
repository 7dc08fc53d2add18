package dev.freshet.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A source with a peculiarity, one view over it, and what then happens to it. A folder has:
 *
 * <ul>
 *   <li>{@code source.sql}: what MySQL has before the start
 *   <li>{@code view.sql}: the view
 *   <li>{@code changes.sql}: what is done afterwards; {@code -- @sleep N} waits N seconds, and
 *       after {@code -- @fail} one statement has to fail
 *   <li>{@code after.sql}: what is done once the job was stopped and resumed
 *   <li>{@code oracle.sql}: MySQL's own answer for all keys
 *   <li>{@code state}: the state that the view's keys then have
 * </ul>
 */
record SourceCase(
    String name,
    String source,
    String view,
    List<Step> changes,
    List<Step> after,
    String oracle,
    String state,
    String viewName,
    List<String> key) {
  private static final Pattern VIEW = Pattern.compile("TABLE\\s+(\\w+)");
  private static final Pattern KEY = Pattern.compile("PARTITIONED BY \\(([^)]*)\\)");

  /** One step of the changes. */
  sealed interface Step {
    /** Let time pass. */
    record Sleep(double seconds) implements Step {}

    /** A statement. */
    record Sql(String text, boolean fails) implements Step {}
  }

  /** All cases of a folder, by name. */
  static List<SourceCase> all(Path folder) throws IOException {
    List<SourceCase> cases = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, "[0-9][0-9]-*")) {
      for (Path each : folders) {
        cases.add(read(each));
      }
    }
    cases.sort((one, other) -> one.name().compareTo(other.name()));
    return cases;
  }

  private static SourceCase read(Path folder) throws IOException {
    String view = Files.readString(folder.resolve("view.sql"));
    return new SourceCase(
        String.valueOf(folder.getFileName()),
        Files.readString(folder.resolve("source.sql")),
        view,
        steps(Files.readString(folder.resolve("changes.sql"))),
        steps(Files.readString(folder.resolve("after.sql"))),
        Files.readString(folder.resolve("oracle.sql")),
        Files.readString(folder.resolve("state")).strip(),
        group(VIEW, view),
        Arrays.stream(group(KEY, view).split(",", -1))
            .map(part -> part.strip().replace("`", ""))
            .toList());
  }

  private static String group(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  /** A statement ends with the line that ends with a semicolon. */
  private static List<Step> steps(String text) {
    List<Step> steps = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    boolean fails = false;
    for (String line : text.split("\n", -1)) {
      String bare = line.strip();
      if (statement.isEmpty() && bare.startsWith("-- @")) {
        String[] words = bare.substring(4).split("\\s+", -1);
        switch (words[0]) {
          case "sleep" -> steps.add(new Step.Sleep(Double.parseDouble(words[1])));
          case "fail" -> fails = true;
          default -> throw new IllegalArgumentException("unknown directive " + bare);
        }
      } else if (!statement.isEmpty() || !(bare.isEmpty() || bare.startsWith("-- "))) {
        statement.append(line).append('\n');
        if (bare.endsWith(";")) {
          steps.add(new Step.Sql(statement.toString().strip().replaceFirst(";$", ""), fails));
          statement.setLength(0);
          fails = false;
        }
      }
    }
    if (!statement.isEmpty()) {
      throw new IllegalArgumentException("not ended: " + statement);
    }
    return steps;
  }
}
