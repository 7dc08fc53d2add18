package dev.freshet.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A view's own text, cut up without Freshet's parser.
 *
 * @param query the author's SELECT, its order completed by the primary key
 */
record DeclaredView(String name, List<String> primaryKey, String query) {
  private static final Pattern FORM =
      Pattern.compile(
          "CREATE MATERIALIZED TABLE (\\w+) \\(\\s*PRIMARY KEY \\(([^)]+)\\).*?AS (SELECT .*)",
          Pattern.DOTALL);

  static DeclaredView read(Path views, String name) throws IOException {
    Matcher text = FORM.matcher(Files.readString(views.resolve(name + ".sql")));
    if (!text.find()) {
      throw new IllegalArgumentException("view " + name + " is written in another way");
    }
    return new DeclaredView(
        text.group(1),
        Arrays.asList(text.group(2).split(", ")),
        text.group(3).strip() + ", " + text.group(2));
  }
}
