package dev.freshet.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of a job's topics on Kafka: the identity that each had when the job was submitted last.
 * A topic that was lost and made again has another; {@code lost_at} says when that was found, until
 * the job is submitted next. The statements run in the caller's transaction.
 */
public final class TopicsTable {
  private final String table;

  public TopicsTable(String schema) {
    this.table = StoreTables.table(schema, "topics");
  }

  String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (job text NOT NULL, topic text NOT NULL, id text NOT NULL, lost_at timestamptz,"
        + " PRIMARY KEY (job, topic))";
  }

  /**
   * Records the topics as they are.
   *
   * @param ids by their names
   * @return those that had another identity before
   */
  public Set<String> record(Connection connection, String job, Map<String, String> ids)
      throws SQLException {
    Map<String, String> before = read(connection, job);
    Set<String> replaced = new TreeSet<>();
    String sql =
        "INSERT INTO "
            + table
            + " AS t (job, topic, id) VALUES (?, ?, ?) ON CONFLICT (job, topic) DO UPDATE SET"
            + " id = EXCLUDED.id,"
            + " lost_at = CASE WHEN t.id = EXCLUDED.id THEN NULL ELSE now() END";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Map.Entry<String, String> topic : ids.entrySet()) {
        String known = before.get(topic.getKey());
        if (known != null && !known.equals(topic.getValue())) {
          replaced.add(topic.getKey());
        }
        statement.setString(1, job);
        statement.setString(2, topic.getKey());
        statement.setString(3, topic.getValue());
        statement.addBatch();
      }
      statement.executeBatch();
    }
    return replaced;
  }

  /** The topics that were found lost when the job was submitted last, by name. */
  public List<String> lost(Connection connection, String job) throws SQLException {
    List<String> topics = new ArrayList<>();
    String sql =
        "SELECT topic FROM " + table + " WHERE job = ? AND lost_at IS NOT NULL ORDER BY topic";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, job);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          topics.add(row.getString(1));
        }
      }
    }
    return topics;
  }

  private Map<String, String> read(Connection connection, String job) throws SQLException {
    Map<String, String> ids = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT topic, id FROM " + table + " WHERE job = ?")) {
      statement.setString(1, job);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ids.put(row.getString(1), row.getString(2));
        }
      }
    }
    return ids;
  }
}
