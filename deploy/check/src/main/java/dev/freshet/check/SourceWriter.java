package dev.freshet.check;

import dev.freshet.check.SourceModel.Conversation;
import dev.freshet.check.SourceModel.Participant;
import dev.freshet.check.SourceModel.ParticipantId;
import dev.freshet.check.SourceModel.User;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The only writer of the source. It applies each change to MySQL and to the model, and reads from
 * MySQL the binlog position at which each transaction ends; that is exact, because there is no
 * other writer, unless the connection is lost at a COMMIT. Not thread-safe.
 *
 * <p>When the connection to MySQL is lost, the writer waits for MySQL. An open transaction is lost;
 * the writer rolls it back in the model. If a COMMIT did not return, MySQL's executed GTIDs show
 * whether it was executed. That is reliable if MySQL died; a MySQL that was frozen for longer than
 * the connection's timeout may still execute the COMMIT later.
 */
final class SourceWriter implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long PAUSE_NANOS = 100_000_000;

  /** The MySQL version, 8.2, that renamed the statement for the end of the binlog. */
  private static final int RENAMED_IN = 802;

  private final Source source;
  private final SourceModel model;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private Connection connection;
  private End last;
  private int losses;

  /** Opens connections to the source. */
  interface Source {
    Connection open() throws SQLException;
  }

  /**
   * The end of the binlog.
   *
   * @param position the position, as {@link BinlogPosition} numbers it
   * @param gtids the executed GTIDs, as MySQL prints them
   */
  private record End(long position, String gtids) {}

  /**
   * The connection was lost and opened again. The open transaction was rolled back, also in the
   * model.
   */
  static final class Abandoned extends SQLException {
    private static final long serialVersionUID = 1L;

    Abandoned(SQLException cause) {
      super("the transaction was lost with its connection: " + cause.getMessage(), cause);
    }
  }

  /**
   * A committed transaction.
   *
   * @param version the binlog position at which it ends, as {@link BinlogPosition} numbers it; if
   *     the connection was lost at its COMMIT, a position after the previous transaction and at or
   *     before its end
   * @param returned the {@link System#nanoTime()} when its COMMIT returned
   * @param touched the keys that it may have changed
   */
  record Committed(long version, long returned, List<ViewKey> touched) {}

  SourceWriter(Source source, SourceModel model) throws SQLException {
    this.source = source;
    this.model = model;
    connect();
    this.last = end();
  }

  private void connect() throws SQLException {
    statements.clear();
    connection = source.open();
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
  }

  /** Returns how often the connection was lost. */
  int losses() {
    return losses;
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

  /** Replaces the user of a participant, and so changes the primary key of the row. */
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

  /**
   * Commits in MySQL and in the model.
   *
   * @throws Abandoned if the transaction was lost with the connection
   */
  Committed commit() throws SQLException {
    long begun = System.nanoTime();
    try {
      connection.commit();
      long returned = System.nanoTime();
      last = end();
      return new Committed(
          last.position(), returned, model.commit(last.position(), begun, returned));
    } catch (SQLException e) {
      requireLost(e);
      End before = last;
      last = reconnect(e);
      if (last.gtids().equals(before.gtids())) {
        model.rollback();
        throw new Abandoned(e);
      }
      // The exact end is unknown, because MySQL has started another file. But no other transaction
      // ended after the previous transaction, so any position after its end is correct.
      long returned = System.nanoTime();
      long version = before.position() + 1;
      return new Committed(version, returned, model.commit(version, begun, returned));
    }
  }

  /** Rolls back in MySQL and in the model. */
  void rollback() throws SQLException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      requireLost(e);
      last = reconnect(e);
    }
    model.rollback();
  }

  /** Returns the current end of the binlog, as {@link BinlogPosition} numbers it. */
  long position() throws SQLException {
    try {
      return end().position();
    } catch (SQLException e) {
      requireLost(e);
      last = reconnect(e);
      return last.position();
    }
  }

  private End end() throws SQLException {
    DatabaseMetaData server = connection.getMetaData();
    boolean renamed =
        server.getDatabaseMajorVersion() * 100 + server.getDatabaseMinorVersion() >= RENAMED_IN;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(renamed ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS")) {
      if (!row.next()) {
        throw new SQLException("MySQL: binary logging is off; start it with --log-bin");
      }
      return new End(
          BinlogPosition.parse(row.getString("File") + ":" + row.getLong("Position")),
          row.getString("Executed_Gtid_Set"));
    }
  }

  /** Waits until MySQL can be reached, and returns the end of its binlog. */
  private End reconnect(SQLException lost) throws SQLException {
    losses++;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        connection.close();
        connect();
        return end();
      } catch (SQLException e) {
        if (!isOfConnection(e) || System.nanoTime() > deadline) {
          e.addSuppressed(lost);
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static void requireLost(SQLException e) throws SQLException {
    if (!isOfConnection(e)) {
      throw e;
    }
  }

  private static boolean isOfConnection(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("08");
  }

  private void run(String sql, Object... values) throws SQLException {
    int rows;
    try {
      PreparedStatement statement = statement(sql);
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      rows = statement.executeUpdate();
    } catch (SQLException e) {
      requireLost(e);
      last = reconnect(e);
      model.rollback();
      throw new Abandoned(e);
    }
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
