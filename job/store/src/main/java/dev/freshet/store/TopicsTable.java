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
 * The table {@code topics}: the id that Kafka gave to each topic of a job, as of the job's last
 * submission. A topic that was deleted and created again has another id; {@code lost_at} says when
 * a submission found this, and is cleared by the next one. The statements run in the caller's
 * transaction.
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
   * Records the current ids of a job's topics.
   *
   * @param ids the topics' ids, keyed by name
   * @return the names of the topics that had another id before
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

  /** Reads the names of the topics that the job's last submission found lost, sorted. */
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
