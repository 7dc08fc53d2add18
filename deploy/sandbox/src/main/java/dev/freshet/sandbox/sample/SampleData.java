package dev.freshet.sandbox.sample;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;

/**
 * The inbox of the sample source: users and sites distributed by Zipf's law, two participants in
 * each conversation, about half of them with unread messages, and a tenth of the conversations
 * archived. The same size and seed produce the same rows.
 */
public final class SampleData {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");
  private static final LocalDateTime START = LocalDateTime.of(2026, 1, 1, 0, 0);
  private static final String[] GIVEN = {
    "Ada", "Björn", "Chloé", "Dmitri", "Emeka", "Fatima", "Gökçe", "Hana", "Ines", "Jun"
  };
  private static final String[] FAMILY = {
    "Lovelace", "Ågren", "Núñez", "Petrov", "Okafor", "Haddad", "Yılmaz", "Sato", "Costa", "Li"
  };

  private final Connection connection;

  /** The numbers of inserted rows. */
  public record Rows(long users, long conversations, long participants, long messages) {}

  /** Uses a connection with {@code rewriteBatchedStatements}; the caller closes it. */
  public SampleData(Connection connection) {
    this.connection = connection;
  }

  /**
   * Creates missing tables.
   *
   * @param schema the text of a script of CREATE TABLE statements, such as {@code
   *     sql/source/inbox.sql}
   */
  public void createTables(String schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : schema.replaceAll("(?m)^--.*$", "").split(";", -1)) {
        if (!sql.isBlank()) {
          statement.execute(
              sql.strip().replaceFirst("^CREATE TABLE ", "CREATE TABLE IF NOT EXISTS "));
        }
      }
    }
  }

  /** Whether the source already has rows. */
  public boolean hasRows() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1 FROM conversations LIMIT 1")) {
      return rows.next();
    }
  }

  /** Fills the empty tables in one transaction. */
  public Rows fill(int users, int conversations, int sites, long seed) throws SQLException {
    Random random = new Random(seed);
    boolean before = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      users(users, random);
      conversations(users, conversations, sites, random);
      connection.commit();
    } finally {
      connection.setAutoCommit(before);
    }
    return new Rows(users, conversations, 2L * conversations, conversations);
  }

  private void users(int count, Random random) throws SQLException {
    try (InsertBatch rows =
        new InsertBatch(connection, "INSERT INTO users (id, name, image_url) VALUES (?, ?, ?)")) {
      for (long id = 1; id <= count; id++) {
        String name =
            GIVEN[random.nextInt(GIVEN.length)] + " " + FAMILY[random.nextInt(FAMILY.length)];
        rows.add(id, name, id % 7 == 0 ? null : "https://img.example/" + id + ".png");
      }
    }
  }

  private void conversations(int users, int count, int sites, Random random) throws SQLException {
    Zipf user = new Zipf(users);
    Zipf site = new Zipf(sites);
    try (InsertBatch conversations =
            new InsertBatch(
                connection,
                "INSERT INTO conversations (id, site_id, last_message_at, archived)"
                    + " VALUES (?, ?, ?, ?)");
        InsertBatch participants =
            new InsertBatch(
                connection,
                "INSERT INTO participants (conversation_id, user_id, counterpart_id, last_read_at)"
                    + " VALUES (?, ?, ?, ?)");
        InsertBatch messages =
            new InsertBatch(
                connection,
                "INSERT INTO messages (conversation_id, sender_id, sent_at, body)"
                    + " VALUES (?, ?, ?, ?)")) {
      for (long id = 1; id <= count; id++) {
        long one = user.next(random);
        long other = user.next(random);
        while (other == one) {
          other = 1L + random.nextInt(users);
        }
        LocalDateTime last = START.plusNanos(1_000L * random.nextInt(Integer.MAX_VALUE));
        LocalDateTime earlier = last.minusSeconds(1 + random.nextInt(86_400));
        conversations.add(
            id, site.next(random), TIME.format(last), random.nextInt(10) == 0 ? 1 : 0);
        boolean unread = random.nextInt(4) != 0;
        participants.add(id, one, other, TIME.format(last));
        participants.add(id, other, one, TIME.format(unread ? earlier : last));
        messages.add(id, one, TIME.format(last), "Hello, this is conversation " + id);
      }
    }
  }
}
