package dev.freshet.check;

import dev.freshet.check.SourceModel.Conversation;
import dev.freshet.check.SourceModel.Participant;
import dev.freshet.check.SourceModel.ParticipantId;
import dev.freshet.check.SourceModel.User;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The only writer of the source: each change goes to MySQL and to the model, and after each commit
 * the place where the transaction ends is taken from MySQL. Exact because nobody else writes. Not
 * thread-safe.
 */
final class SourceWriter implements AutoCloseable {
  private final Connection connection;
  private final SourceModel model;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /**
   * A transaction that was committed.
   *
   * @param version the place where it ends
   * @param returned {@link System#nanoTime()} when its COMMIT had returned
   * @param touched the keys whose rows it changed
   */
  record Committed(long version, long returned, List<ViewKey> touched) {}

  SourceWriter(Connection connection, SourceModel model) throws SQLException {
    this.connection = connection;
    this.model = model;
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
  }

  SourceModel model() {
    return model;
  }

  void insertUser(long id, User row) throws SQLException {
    run("INSERT INTO users (id, name, image_url) VALUES (?, ?, ?)", id, row.name(), row.image());
    model.putUser(id, row);
  }

  void updateUser(long id, User row) throws SQLException {
    run("UPDATE users SET name = ?, image_url = ? WHERE id = ?", row.name(), row.image(), id);
    model.putUser(id, row);
  }

  void deleteUser(long id) throws SQLException {
    run("DELETE FROM users WHERE id = ?", id);
    model.putUser(id, null);
  }

  void insertConversation(long id, Conversation row) throws SQLException {
    run(
        "INSERT INTO conversations (id, site_id, last_message_at, archived) VALUES (?, ?, ?, ?)",
        id,
        row.site(),
        Micros.sql(row.lastMessageAt()),
        row.archived() ? 1 : 0);
    model.putConversation(id, row);
  }

  void updateConversation(long id, Conversation row) throws SQLException {
    run(
        "UPDATE conversations SET site_id = ?, last_message_at = ?, archived = ? WHERE id = ?",
        row.site(),
        Micros.sql(row.lastMessageAt()),
        row.archived() ? 1 : 0,
        id);
    model.putConversation(id, row);
  }

  void deleteConversation(long id) throws SQLException {
    run("DELETE FROM conversations WHERE id = ?", id);
    model.putConversation(id, null);
  }

  void insertParticipant(ParticipantId id, Participant row) throws SQLException {
    run(
        "INSERT INTO participants (conversation_id, user_id, counterpart_id, last_read_at)"
            + " VALUES (?, ?, ?, ?)",
        id.conversation(),
        id.user(),
        row.counterpart(),
        Micros.sql(row.lastReadAt()));
    model.putParticipant(id, row);
  }

  void updateParticipant(ParticipantId id, Participant row) throws SQLException {
    run(
        "UPDATE participants SET counterpart_id = ?, last_read_at = ?"
            + " WHERE conversation_id = ? AND user_id = ?",
        row.counterpart(),
        Micros.sql(row.lastReadAt()),
        id.conversation(),
        id.user());
    model.putParticipant(id, row);
  }

  /** Gives a participant's place to another user: a change of the primary key. */
  void handOver(ParticipantId from, ParticipantId to) throws SQLException {
    run(
        "UPDATE participants SET user_id = ? WHERE conversation_id = ? AND user_id = ?",
        to.user(),
        from.conversation(),
        from.user());
    Participant row = model.participant(from);
    model.putParticipant(from, null);
    model.putParticipant(to, row);
  }

  void deleteParticipant(ParticipantId id) throws SQLException {
    run(
        "DELETE FROM participants WHERE conversation_id = ? AND user_id = ?",
        id.conversation(),
        id.user());
    model.putParticipant(id, null);
  }

  void insertMessage(long conversation, long sender, long sentAt) throws SQLException {
    run(
        "INSERT INTO messages (conversation_id, sender_id, sent_at, body) VALUES (?, ?, ?, ?)",
        conversation,
        sender,
        Micros.sql(sentAt),
        "message at " + sentAt);
  }

  /** Commits in MySQL and in the model. */
  Committed commit() throws SQLException {
    long begun = System.nanoTime();
    connection.commit();
    long returned = System.nanoTime();
    long version = position();
    return new Committed(version, returned, model.commit(version, begun, returned));
  }

  /** Rolls back in MySQL and in the model. */
  void rollback() throws SQLException {
    connection.rollback();
    model.rollback();
  }

  /**
   * Where the binlog ends now.
   *
   * @throws SQLException with the grant to give when the account may not ask
   */
  long position() throws SQLException {
    try (ResultSet row = statement("SHOW MASTER STATUS").executeQuery()) {
      if (!row.next()) {
        throw new SQLException("MySQL: binary logging is off; start it with --log-bin");
      }
      return BinlogPlace.parse(row.getString(1) + ":" + row.getLong(2));
    }
  }

  private void run(String sql, Object... values) throws SQLException {
    PreparedStatement statement = statement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    int rows = statement.executeUpdate();
    if (rows != 1) {
      throw new SQLException(
          "the checker is not the only writer: " + rows + " rows changed, not 1, by " + sql);
    }
  }

  private PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
