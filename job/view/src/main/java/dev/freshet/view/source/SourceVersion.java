package dev.freshet.view.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which servers can be a source: MySQL 8.0 and those that are built from it. */
public final class SourceVersion {
  private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+).*");

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
          "Source: it is MariaDB (" + version + "), whose GTIDs are others; use MySQL 8.0");
    }
    if (!numbers.matches()) {
      return Optional.of("Source: version '" + version + "' is not known; use MySQL 8.0");
    }
    int release = Integer.parseInt(numbers.group(1)) * 100 + Integer.parseInt(numbers.group(2));
    if (release == 800) {
      return Optional.empty();
    }
    return Optional.of(
        "Source: it is MySQL "
            + version
            + (release < 800
                ? ", which is too old; use MySQL 8.0"
                : ", in which Flink CDC cannot ask for the binlog's position; use MySQL 8.0"));
  }
}
