package dev.freshet.flow.capture;

import com.mysql.cj.MysqlConnection;
import com.mysql.cj.Query;
import com.mysql.cj.interceptors.QueryInterceptor;
import com.mysql.cj.log.Log;
import com.mysql.cj.protocol.Resultset;
import com.mysql.cj.protocol.ServerSession;
import dev.freshet.view.source.BinlogEnd;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * Lets Flink CDC and Debezium ask servers for the end of their binlog that no longer know {@code
 * SHOW MASTER STATUS}: the driver sends what the server knows instead. All other statements go as
 * they are. Named to the driver by {@code queryInterceptors}; it makes one for each connection.
 */
public final class BinlogStatusInterceptor implements QueryInterceptor {
  private Connection connection;

  @Override
  public QueryInterceptor init(MysqlConnection owner, Properties properties, Log log) {
    connection = (Connection) owner;
    return this;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T extends Resultset> T preProcess(Supplier<String> sql, Query query) {
    String text = sql == null ? null : sql.get();
    if (text == null || !text.strip().equalsIgnoreCase(BinlogEnd.OLD_STATEMENT)) {
      return null;
    }
    try {
      return BinlogEnd.isRenamed(connection.getMetaData()) ? (T) ask() : null;
    } catch (SQLException e) {
      throw new Refused(e);
    }
  }

  /** The result outlives this call; its statement is closed with it. */
  private ResultSet ask() throws SQLException {
    Statement statement = connection.createStatement();
    statement.closeOnCompletion();
    return statement.executeQuery(BinlogEnd.STATEMENT);
  }

  @Override
  public boolean executeTopLevelOnly() {
    return true;
  }

  @Override
  public void destroy() {}

  @Override
  public <T extends Resultset> T postProcess(
      Supplier<String> sql, Query query, T result, ServerSession session) {
    return result;
  }

  /** The driver lets an interceptor throw nothing that is checked. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(SQLException cause) {
      super(BinlogEnd.STATEMENT + ": " + cause.getMessage(), cause);
    }
  }
}
