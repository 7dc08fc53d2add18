package dev.freshet.check;

import dev.freshet.check.SourceModel.Conversation;
import dev.freshet.check.SourceModel.Participant;
import dev.freshet.check.SourceModel.ParticipantId;
import dev.freshet.check.SourceModel.User;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Reads the current rows of the sample source into a model. No other client may write meanwhile.
 */
final class ModelLoader {
  private ModelLoader() {}

  static SourceModel load(Connection connection) throws SQLException {
    SourceModel model = new SourceModel();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("SELECT id, name, image_url FROM users")) {
        while (rows.next()) {
          model.putUser(rows.getLong(1), new User(rows.getString(2), rows.getString(3)));
        }
      }
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT id, site_id, CAST(last_message_at AS CHAR), archived FROM conversations")) {
        while (rows.next()) {
          model.putConversation(
              rows.getLong(1),
              new Conversation(
                  rows.getLong(2), Micros.ofSql(rows.getString(3)), rows.getInt(4) != 0));
        }
      }
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT conversation_id, user_id, counterpart_id, CAST(last_read_at AS CHAR)"
                  + " FROM participants")) {
        while (rows.next()) {
          long counterpart = rows.getLong(3);
          Long pointsAt = rows.wasNull() ? null : (Long) counterpart;
          model.putParticipant(
              new ParticipantId(rows.getLong(1), rows.getLong(2)),
              new Participant(pointsAt, Micros.ofSql(rows.getString(4))));
        }
      }
    }
    model.begin();
    return model;
  }
}
