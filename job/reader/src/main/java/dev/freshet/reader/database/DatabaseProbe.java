package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/** Checks whether a database answers. */
final class DatabaseProbe {
  private final DataSource database;
  private final Availability availability;
  private final ReentrantLock asking = new ReentrantLock();

  DatabaseProbe(DataSource database, Availability availability) {
    this.database = database;
    this.availability = availability;
  }

  /**
   * Whether the database answers, within the timeouts of the pool's connections. While another
   * thread checks, returns the previous result.
   */
  boolean answers() {
    if (asking.tryLock()) {
      try {
        ask();
      } finally {
        asking.unlock();
      }
    }
    return availability.isUp();
  }

  private void ask() {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
      availability.up();
    } catch (SQLException e) {
      availability.down(SqlErrors.why(e));
    }
  }
}
