package dev.freshet.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.SourceModel.Conversation;
import dev.freshet.check.SourceModel.Participant;
import dev.freshet.check.SourceModel.ParticipantId;
import dev.freshet.check.SourceModel.User;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares the model with MySQL, because the checker is only right if its model is right. */
class SourceModelIT {
  private static final Path SCHEMA = Path.of("../../sql/source/inbox.sql");
  private static final int USERS = 60;
  private static final int CONVERSATIONS = 200;
  private static final int SITES = 4;
  private static final String QUERY =
      "SELECT p.user_id, c.site_id, p.conversation_id, CAST(c.last_message_at AS CHAR),"
          + " u.name, u.image_url FROM participants p"
          + " JOIN conversations c ON c.id = p.conversation_id"
          + " LEFT JOIN users u ON u.id = p.counterpart_id"
          + " WHERE c.archived = 0 AND c.last_message_at > p.last_read_at"
          + " ORDER BY c.last_message_at DESC, p.conversation_id";

  @Test
  void itsAnswersEqualMysqlsAfterRandomTransactions() throws Exception {
    long seed = System.nanoTime();
    MySqlServer mysql = LocalServers.mysql();
    mysql.createDatabase("model");
    try (Connection rows = mysql.connect(MySqlAccount.APPLICATION, "model");
        Connection writes = mysql.connect(MySqlAccount.APPLICATION, "model");
        Connection reads = mysql.connect(MySqlAccount.APPLICATION, "model")) {
      createTables(rows);
      fill(new SourceWriter(() -> rows, ModelLoader.load(reads)));
      SourceModel model = ModelLoader.load(reads);
      SourceWriter writer = new SourceWriter(() -> writes, model);
      TransactionMix mix = new TransactionMix(writer, seed);
      for (int i = 0; i < 2_000; i++) {
        mix.next();
        if (i % 100 == 0) {
          assertThat(answers(model)).as("seed %d, transaction %d", seed, i).isEqualTo(query(reads));
        }
      }
      assertThat(answers(model)).as("seed %d", seed).isEqualTo(query(reads));
      assertThat(mix.counts()).as("seed %d", seed).hasSize(TransactionMix.Kind.values().length);
      assertThat(writer.position()).isEqualTo(model.recorded());
    }
  }

  private static void createTables(Connection connection) throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : Files.readString(SCHEMA).strip().split(";", -1)) {
        if (!sql.isEmpty()) {
          statement.execute(sql);
        }
      }
    }
  }

  private static void fill(SourceWriter writer) throws SQLException {
    Random random = new Random(7);
    long now = Micros.now();
    for (long user = 1; user <= USERS; user++) {
      writer.insertUser(user, new User("User " + user, null));
    }
    for (long id = 1; id <= CONVERSATIONS; id++) {
      long last = now - random.nextInt(1_000_000);
      long one = 1L + random.nextInt(USERS);
      long other = one % USERS + 1;
      writer.insertConversation(
          id, new Conversation(1 + random.nextInt(SITES), last, random.nextInt(10) == 0));
      writer.insertParticipant(new ParticipantId(id, one), new Participant(other, last));
      writer.insertParticipant(new ParticipantId(id, other), new Participant(one, last - 1));
    }
    writer.commit();
  }

  private static Map<ViewKey, List<Entry>> answers(SourceModel model) {
    Map<ViewKey, List<Entry>> answers = new HashMap<>();
    for (ViewKey key : model.keys()) {
      List<Entry> answer = model.history(key).last().answer();
      if (!answer.isEmpty()) {
        answers.put(key, answer);
      }
    }
    return answers;
  }

  private static Map<ViewKey, List<Entry>> query(Connection connection) throws SQLException {
    Map<ViewKey, List<Entry>> answers = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(QUERY)) {
      while (rows.next()) {
        answers
            .computeIfAbsent(
                new ViewKey(rows.getLong(1), rows.getLong(2)), key -> new ArrayList<>())
            .add(
                new Entry(
                    rows.getLong(3),
                    Micros.ofSql(rows.getString(4)),
                    rows.getString(5),
                    rows.getString(6)));
      }
    }
    return answers;
  }
}
