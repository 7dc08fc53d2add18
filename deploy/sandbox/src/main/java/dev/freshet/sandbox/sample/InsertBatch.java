package dev.freshet.sandbox.sample;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Inserts rows into one table in batches. */
final class InsertBatch implements AutoCloseable {
  private static final int ROWS = 2_000;

  private final PreparedStatement statement;
  private int waiting;

  InsertBatch(Connection connection, String sql) throws SQLException {
    statement = connection.prepareStatement(sql);
  }

  void add(Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    statement.addBatch();
    if (++waiting == ROWS) {
      flush();
    }
  }

  private void flush() throws SQLException {
    statement.executeBatch();
    waiting = 0;
  }

  @Override
  public void close() throws SQLException {
    if (waiting > 0) {
      flush();
    }
    statement.close();
  }
}
