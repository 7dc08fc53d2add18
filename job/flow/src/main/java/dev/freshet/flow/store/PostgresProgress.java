package dev.freshet.flow.store;

import dev.freshet.flow.capture.StoreProgress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

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
    try (Connection connection =
        DriverManager.getConnection(options.url(), options.user(), options.password())) {
      return new ProgressTable(options.schema()).above(connection, job, version);
    }
  }
}
