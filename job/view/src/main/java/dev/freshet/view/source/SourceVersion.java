package dev.freshet.view.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which servers can be a source: MySQL 8.0 to 9.x and those that are built from them. */
public final class SourceVersion {
  private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+).*");

  private static final String REMEDY = "use MySQL 8.0, 8.4 or 9";
  private static final int OLDEST = 800;
  private static final int UNKNOWN = 1000;

  private SourceVersion() {}

  /** Why this server cannot be the source, if it cannot: subject, value and remedy. */
  public static Optional<String> problem(Connection mysql) throws SQLException {
    return problem(of(mysql));
  }

  /** What a server says it is. */
  public static String of(Connection mysql) throws SQLException {
    try (Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery("SELECT VERSION()")) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * The same of what {@code VERSION()} says.
   *
   * @param version such as {@code 8.0.36-28} or {@code 10.11.6-MariaDB-log}
   */
  static Optional<String> problem(String version) {
    Matcher numbers = NUMBERS.matcher(version);
    if (version.toLowerCase(Locale.ROOT).contains("mariadb")) {
      return Optional.of(
          "Source: it is MariaDB (" + version + "), whose GTIDs are others; " + REMEDY);
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
