package dev.freshet.reader.database;

import dev.freshet.reader.Availability;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/** Asks a database whether it is there. */
final class Probe {
  private final DataSource database;
  private final Availability availability;
  private final ReentrantLock asking = new ReentrantLock();

  Probe(DataSource database, Availability availability) {
    this.database = database;
    this.availability = availability;
  }

  /**
   * Takes no longer than the limits that the pool's connections have. While somebody else asks, it
   * is what was seen last.
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
