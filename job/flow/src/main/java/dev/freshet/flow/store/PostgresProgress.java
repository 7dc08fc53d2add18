package dev.freshet.flow.store;

import dev.freshet.flow.capture.StoreProgress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.postgresql.Driver;

/** The progress of a job's writers, read from the store. */
public final class PostgresProgress implements StoreProgress {
  private static final long serialVersionUID = 1L;

  private final StoreOptions options;
  private final String job;

  public PostgresProgress(StoreOptions options, String job) {
    this.options = options;
    this.job = job;
  }

  @Override
  public List<Long> above(long version) throws SQLException {
    try (Connection connection = connect()) {
      return new ProgressTable(options.schema()).above(connection, job, version);
    }
  }

  /**
   * By the driver itself: DriverManager does not know those of a second job's class loader in the
   * same task manager.
   */
  private Connection connect() throws SQLException {
    Properties account = new Properties();
    account.setProperty("user", options.user());
    account.setProperty("password", options.password());
    return new Driver().connect(options.url(), account);
  }
}
