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
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;

/** The connection that chunks are read with; their values come through {@link SnapshotDates}. */
final class SnapshotConnection extends MySqlConnection {
  SnapshotConnection(MySqlSourceConfig config) {
    super(
        new MySqlConnectionConfiguration(config.getDbzConfiguration(), config.getJdbcProperties()));
  }

  @Override
  public synchronized Connection connection() throws SQLException {
    Connection connection = super.connection();
    return proxy(
        Connection.class,
        connection,
        (method, result) ->
            result instanceof PreparedStatement statement
                ? proxy(PreparedStatement.class, statement, (of, rows) -> exact(rows))
                : result);
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
