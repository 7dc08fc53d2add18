package dev.freshet.flow.capture.source;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.view.sql.MysqlSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Opens connections to the source for questions. */
final class SourceConnection {
  private SourceConnection() {}

  /**
   * A connection with the settings of {@link MysqlSession}, and without a database, which may be
   * gone. The caller closes it.
   *
   * @param patience how long an answer is waited for
   */
  static Connection open(SourceOptions options, Duration patience) throws SQLException {
    return open(options, patience, Map.of());
  }

  /**
   * A connection with more settings of the driver.
   *
   * @param patience how long an answer is waited for
   */
  static Connection open(SourceOptions options, Duration patience, Map<String, String> more)
      throws SQLException {
    Map<String, String> settings = new HashMap<>(MysqlSession.settings());
    settings.put("socketTimeout", Long.toString(patience.toMillis()));
    settings.putAll(more);
    // Not through DriverManager, which forgot the drivers of jobs.
    return new Driver()
        .connect(MysqlSession.url(options.host(), options.port(), ""), options.jdbc(settings));
  }
}
