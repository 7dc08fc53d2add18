package dev.freshet.flow.capture;

import io.debezium.connector.mysql.MySqlConnection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;

/**
 * The connection that chunks are read with; their values come through {@link SnapshotDates}. All of
 * them come from one server.
 */
final class SnapshotConnection extends MySqlConnection {
  private Connection known;
  private volatile String server = "";

  SnapshotConnection(MySqlSourceConfig config) {
    super(
        new MySqlConnectionConfiguration(config.getDbzConfiguration(), config.getJdbcProperties()));
  }

  @Override
  public synchronized Connection connection() throws SQLException {
    Connection connection = super.connection();
    if (connection != known) {
      String now = server(connection);
      if (!server.isEmpty() && !server.equals(now)) {
        throw moved();
      }
      server = now;
      known = connection;
    }
    return proxy(
        Connection.class,
        connection,
        (method, result) ->
            result instanceof PreparedStatement statement
                ? proxy(PreparedStatement.class, statement, (of, rows) -> exact(rows))
                : result);
  }

  /** The {@code server_uuid} of the server that was read; empty as long as none was. */
  String server() {
    return server;
  }

  static SourceFault moved() {
    return new SourceFault(
        "Source: it became another server while the snapshot was read; submit the job anew");
  }

  private static String server(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@server_uuid")) {
      row.next();
      return row.getString(1);
    }
  }

  private static Object exact(Object result) throws SQLException {
    return result instanceof ResultSet rows ? SnapshotDates.exact(rows) : result;
  }

  /** What becomes of a method's result. */
  private interface After {
    Object of(Method method, Object result) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, T real, After after) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          try {
            return after.of(method, method.invoke(real, arguments));
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return type.cast(
        Proxy.newProxyInstance(
            SnapshotConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
