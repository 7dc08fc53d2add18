package dev.freshet.sandbox.bench;

import dev.freshet.cli.Databases;
import dev.freshet.config.Config;
import dev.freshet.view.Key;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Reads first pages from MySQL with the view's query, like a fallback of the reader. */
final class MysqlAsker implements Rounds.Asker {
  private final ViewPlan plan;
  private final List<Key> keys;
  private final int limit;
  private final Connection connection;
  private final PreparedStatement page;

  MysqlAsker(Config.Source source, ViewPlan plan, List<Key> keys, int limit) throws SQLException {
    this.plan = plan;
    this.keys = keys;
    this.limit = limit;
    this.connection = Databases.mysql(source, Duration.ofSeconds(30));
    this.page = connection.prepareStatement(new MysqlQueries(plan, Duration.ZERO).firstPage());
  }

  @Override
  public boolean ask(int key) throws SQLException {
    Object[] values = keys.get(key).values();
    int index = 1;
    for (int output : plan.key()) {
      JdbcValues.MYSQL.bind(
          page, index, plan.outputs().get(output).column().type(), values[index - 1]);
      index++;
    }
    page.setInt(index, limit + 1);
    try (ResultSet rows = page.executeQuery()) {
      while (rows.next()) {
        for (int column = 1; column <= plan.outputs().size(); column++) {
          rows.getObject(column);
        }
      }
    }
    return true;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
