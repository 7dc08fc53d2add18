package dev.freshet.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.sample.SampleData;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
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
import org.junit.jupiter.api.Test;

/** The checker is right itself: its model says what MySQL says. */
class SourceModelIT {
  private static final Path SCHEMA = Path.of("../../sql/source/inbox.sql");
  private static final String QUERY =
      "SELECT p.user_id, c.site_id, p.conversation_id, CAST(c.last_message_at AS CHAR),"
          + " u.name, u.image_url FROM participants p"
          + " JOIN conversations c ON c.id = p.conversation_id"
          + " LEFT JOIN users u ON u.id = p.counterpart_id"
          + " WHERE c.archived = 0 AND c.last_message_at > p.last_read_at"
          + " ORDER BY c.last_message_at DESC, p.conversation_id";

  @Test
  void itsAnswersAreThoseOfMysqlAfterRandomTransactions() throws Exception {
    long seed = System.nanoTime();
    MySqlServer mysql = LocalServers.mysql();
    mysql.createDatabase("model");
    try (Connection sample = mysql.connect(MySqlAccount.APPLICATION, "model");
        Connection writes = mysql.connect(MySqlAccount.APPLICATION, "model");
        Connection reads = mysql.connect(MySqlAccount.APPLICATION, "model")) {
      SampleData data = new SampleData(sample);
      data.createTables(Files.readString(SCHEMA));
      data.fill(60, 200, 4, 7);
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
