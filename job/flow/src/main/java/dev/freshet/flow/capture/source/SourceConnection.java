package dev.freshet.flow.capture.source;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Opens JDBC connections to the source. */
final class SourceConnection {
  private SourceConnection() {}

  /**
   * Opens a connection with the settings of {@link MysqlSession} and without a default database,
   * which may have been dropped. The caller closes it.
   *
   * @param patience the socket timeout
   */
  static Connection open(SourceOptions options, Duration patience) throws SQLException {
    return open(options, patience, Map.of());
  }

  /**
   * Opens a connection with additional driver properties. The caller closes it.
   *
   * @param patience the socket timeout
   * @param more properties that override those of {@link MysqlSession}
   */
  static Connection open(SourceOptions options, Duration patience, Map<String, String> more)
      throws SQLException {
    Map<String, String> settings = new HashMap<>(MysqlSession.settings());
    settings.put("socketTimeout", Long.toString(patience.toMillis()));
    settings.putAll(more);
    // Not through DriverManager, because JobDrivers deregisters the drivers.
    return new Driver()
        .connect(MysqlSession.url(options.host(), options.port(), ""), options.jdbc(settings));
  }
}
