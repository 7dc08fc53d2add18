package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.LocalServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A store of an earlier job is read by newer commands and readers before the job is upgraded. */
class OlderStoreIT {
  @Test
  void progressIsReadFromATableThatLacksNewerColumns() throws SQLException {
    LocalServers.postgres().createDatabase("older_store");
    try (Connection connection = LocalServers.postgres().connect("older_store");
        Statement statement = connection.createStatement()) {
      for (String sql : StoreTables.create("freshet")) {
        statement.execute(sql);
      }
      statement.execute(
          "INSERT INTO freshet.progress (job, first_group, last_group, version, gtid_set, as_of,"
              + " handed_over, token, invalid) VALUES"
              + " ('job', 0, 127, 700, 'a:1-9', now(), true, 1, '{broken}')");
      for (String column :
          List.of(
              "injected",
              "reasons",
              "on_read",
              "flushes",
              "rebuilding",
              "rebuild_reason",
              "rebuilt")) {
        statement.execute("ALTER TABLE freshet.progress DROP COLUMN " + column);
      }

      RangeProgress range = new ProgressTable("freshet").ranges(connection, "job").get(0);
      assertThat(range.version()).isEqualTo(700);
      assertThat(range.invalid()).containsOnlyKeys("broken").containsValue("unplaceable-change");
      assertThat(range.of("sound", "").isServed()).isTrue();
      assertThat(new ProgressTable("freshet").ranges(connection)).containsOnlyKeys("job");

      for (String sql : StoreTables.create("freshet")) {
        statement.execute(sql);
      }
      assertThat(new ProgressTable("freshet").ranges(connection, "job"))
          .as("the next job adds the columns")
          .containsExactly(range);
    }
  }
}
