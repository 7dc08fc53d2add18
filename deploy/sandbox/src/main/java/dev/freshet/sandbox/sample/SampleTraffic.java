package dev.freshet.sandbox.sample;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;

/**
 * Typical transactions of an inbox over one connection: mostly a new message or a user who reads a
 * conversation, sometimes an archived conversation, a new conversation or a new name. Several
 * instances may run at the same time; each uses different ids for new conversations. Not
 * thread-safe.
 */
public final class SampleTraffic implements AutoCloseable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");
  private static final int DEADLOCK = 1213;

  private final Connection connection;
  private final Random random;
  private final int writers;
  private final int users;
  private final int sites;
  private final Zipf busy;
  private long nextConversation;

  /**
   * A committed transaction.
   *
   * @param user the user of a key that it touched
   * @param site the site of that key
   * @param returned the {@link System#nanoTime()} when its COMMIT returned
   */
  public record Committed(long user, long site, long returned) {}

  /**
   * Reads the size of the source.
   *
   * @param writer the number of this instance, from 0 to {@code writers - 1}
   * @throws SQLException also if the source is empty
   */
  public SampleTraffic(Connection connection, int writer, int writers, long seed)
      throws SQLException {
    this.connection = connection;
    this.random = new Random(seed + writer);
    this.writers = writers;
    long conversations = number("SELECT COALESCE(MAX(id), 0) FROM conversations");
    this.users = (int) number("SELECT COALESCE(MAX(id), 0) FROM users");
    this.sites = (int) Math.max(1, number("SELECT COALESCE(MAX(site_id), 0) FROM conversations"));
    if (conversations == 0 || users < 2) {
      throw new SQLException(
          "Source: it has no conversations; start with ./deploy/freshet up --sample small");
    }
    this.busy = new Zipf((int) conversations);
    this.nextConversation = (conversations / writers + 1) * writers + writer;
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
  }

  /** Runs one transaction; repeats it if MySQL rolled it back because of a deadlock. */
  public Committed next() throws SQLException {
    while (true) {
      try {
        long[] key = transaction();
        connection.commit();
        return new Committed(key[0], key[1], System.nanoTime());
      } catch (SQLException e) {
        connection.rollback();
        if (e.getErrorCode() != DEADLOCK) {
          throw e;
        }
      }
    }
  }

  private long[] transaction() throws SQLException {
    int ticket = random.nextInt(100);
    if (ticket < 60) {
      return send(busy.next(random));
    }
    if (ticket < 85) {
      return read(busy.next(random));
    }
    if (ticket < 90) {
      return archive(busy.next(random));
    }
    if (ticket < 95) {
      return start();
    }
    return rename();
  }

  private long[] send(long conversation) throws SQLException {
    long[] key = participant(conversation);
    String now = now();
    run(
        "INSERT INTO messages (conversation_id, sender_id, sent_at, body) VALUES (?, ?, ?, ?)",
        conversation,
        key[0],
        now,
        "hello");
    run(
        "UPDATE conversations SET last_message_at = ?, archived = 0 WHERE id = ?",
        now,
        conversation);
    run(
        "UPDATE participants SET last_read_at = ? WHERE conversation_id = ? AND user_id = ?",
        now,
        conversation,
        key[0]);
    return key;
  }

  private long[] read(long conversation) throws SQLException {
    long[] key = participant(conversation);
    run(
        "UPDATE participants SET last_read_at = ? WHERE conversation_id = ? AND user_id = ?",
        now(),
        conversation,
        key[0]);
    return key;
  }

  private long[] archive(long conversation) throws SQLException {
    long[] key = participant(conversation);
    run("UPDATE conversations SET archived = 1 WHERE id = ?", conversation);
    return key;
  }

  private long[] start() throws SQLException {
    long id = nextConversation;
    nextConversation += writers;
    long one = 1L + random.nextInt(users);
    long other = one % users + 1;
    long site = 1L + random.nextInt(sites);
    String now = now();
    run(
        "INSERT INTO conversations (id, site_id, last_message_at, archived) VALUES (?, ?, ?, 0)",
        id,
        site,
        now);
    run(
        "INSERT INTO participants (conversation_id, user_id, counterpart_id, last_read_at)"
            + " VALUES (?, ?, ?, ?), (?, ?, ?, '2026-01-01 00:00:00')",
        id,
        one,
        other,
        now,
        id,
        other,
        one);
    return new long[] {other, site};
  }

  private long[] rename() throws SQLException {
    long conversation = busy.next(random);
    long[] key = participant(conversation);
    run(
        "UPDATE users SET name = ? WHERE id ="
            + " (SELECT counterpart_id FROM participants"
            + " WHERE conversation_id = ? AND user_id = ?)",
        "Renamed " + random.nextInt(1_000_000),
        conversation,
        key[0]);
    return key;
  }

  /** Returns a user of a conversation, and the site of the conversation. */
  private long[] participant(long conversation) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT p.user_id, c.site_id FROM participants p JOIN conversations c"
                + " ON c.id = p.conversation_id WHERE c.id = ?")) {
      statement.setLong(1, conversation);
      try (ResultSet rows = statement.executeQuery()) {
        long[] key = {1, 1};
        boolean second = random.nextBoolean();
        while (rows.next()) {
          key = new long[] {rows.getLong(1), rows.getLong(2)};
          if (!second) {
            break;
          }
        }
        return key;
      }
    }
  }

  private void run(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static String now() {
    return TIME.format(LocalDateTime.now(ZoneOffset.UTC));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
