package dev.freshet.reader.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/** What MySQL calls the connections of a pool; each is asked once. Safe for many threads. */
final class ConnectionIds {
  private final Map<Connection, Long> known = Collections.synchronizedMap(new WeakHashMap<>());

  /** The id by which a connection is killed. */
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
