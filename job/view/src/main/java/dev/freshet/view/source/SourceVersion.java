package dev.freshet.view.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks a server's version: MySQL 8.0 to 9.x and servers that are built from it can be a source.
 */
public final class SourceVersion {
  private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+).*");

  private static final String REMEDY = "use MySQL 8.0, 8.4 or 9";
  private static final int OLDEST = 800;
  private static final int UNKNOWN = 1000;

  private SourceVersion() {}

  /** Why this server cannot be the source: subject, value and remedy. Empty if it can. */
  public static Optional<String> problem(Connection mysql) throws SQLException {
    return problem(of(mysql));
  }

  /** The server's {@code VERSION()}. */
  public static String of(Connection mysql) throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SELECT VERSION()")) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * The same check for a text that {@code VERSION()} returned.
   *
   * @param version such as {@code 8.0.36-28} or {@code 10.11.6-MariaDB-log}
   */
  static Optional<String> problem(String version) {
    Matcher numbers = NUMBERS.matcher(version);
    if (version.toLowerCase(Locale.ROOT).contains("mariadb")) {
      return Optional.of("Source: it is MariaDB (" + version + "), whose GTIDs differ; " + REMEDY);
    }
    if (!numbers.matches()) {
      return Optional.of("Source: version '" + version + "' is not known; " + REMEDY);
    }
    int release = Integer.parseInt(numbers.group(1)) * 100 + Integer.parseInt(numbers.group(2));
    if (release < OLDEST) {
      return Optional.of("Source: it is MySQL " + version + ", which is too old; " + REMEDY);
    }
    return release < UNKNOWN
        ? Optional.empty()
        : Optional.of(
            "Source: it is MySQL "
                + version
                + ", which is newer than what Freshet was tested with; "
                + REMEDY);
  }
}
