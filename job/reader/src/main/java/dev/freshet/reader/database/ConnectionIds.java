package dev.freshet.reader.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/** MySQL's ids of a pool's connections. Queries MySQL once for each id. Thread-safe. */
final class ConnectionIds {
  private final Map<Connection, Long> known = Collections.synchronizedMap(new WeakHashMap<>());

  /** Returns the connection's {@code CONNECTION_ID()}, which a KILL statement needs. */
  long of(Connection pooled) throws SQLException {
    Connection own = pooled.unwrap(Connection.class);
    Long id = known.get(own);
    if (id == null) {
      id = ask(pooled);
      known.put(own, id);
    }
    return id;
  }

  private static long ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
      row.next();
      return row.getLong(1);
    }
  }
}
