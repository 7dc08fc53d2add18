package dev.freshet.view;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A slow query of an application that is in wide use, declared as a view, with the tables that the
 * application creates.
 *
 * @param name the beginning of its two files' names
 * @param schema the statements that create the tables, with an application's usual settings
 * @param view the declaration; its first line says where the query comes from
 */
public record RealQuery(String name, String schema, String view) {
  private static final String SCHEMA = ".schema.sql";
  private static final Pattern VIEW = Pattern.compile("CREATE MATERIALIZED TABLE (\\w+)");
  private static final Pattern TABLE = Pattern.compile("CREATE TABLE IF NOT EXISTS `?(\\w+)`?");

  /** All of them, in the order of their names. */
  public static List<RealQuery> all() throws IOException, URISyntaxException {
    URI folder = RealQuery.class.getResource("/queries").toURI();
    if (!folder.getScheme().equals("jar")) {
      return in(Path.of(folder));
    }
    try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
      return in(jar.getPath("/queries"));
    }
  }

  private static List<RealQuery> in(Path folder) throws IOException {
    List<RealQuery> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (String file : files.map(path -> path.getFileName().toString()).sorted().toList()) {
        if (file.endsWith(SCHEMA)) {
          String name = file.substring(0, file.length() - SCHEMA.length());
          all.add(
              new RealQuery(
                  name,
                  Files.readString(folder.resolve(file)),
                  Files.readString(folder.resolve(name + ".view.sql"))));
        }
      }
    }
    return all;
  }

  /** The application, and where in it the query comes from. */
  public String origin() {
    return view.lines().findFirst().orElseThrow().replaceFirst("^-- ", "");
  }

  /** The view's name. */
  public String viewName() {
    Matcher matcher = VIEW.matcher(view);
    if (!matcher.find()) {
      throw new IllegalStateException(name + " declares no view");
    }
    return matcher.group(1);
  }

  /** The statements of the schema. */
  public List<String> statements() {
    return Arrays.stream(schema.replaceAll("(?m)^--.*$", "").split(";"))
        .map(String::strip)
        .filter(sql -> !sql.isEmpty())
        .toList();
  }

  /** The names of the tables, in the order in which they are created. */
  public List<String> tables() {
    return TABLE.matcher(schema).results().map(each -> each.group(1)).toList();
  }
}
