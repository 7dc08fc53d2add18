package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.LocalServers;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Sources;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Postgres itself says which names a store takes. */
class StoreNamesIT {
  @Test
  void aViewMustNotTakeTheNameOfAnyRelationOfAStore() throws SQLException {
    ViewPlan plan = Planner.plan(Sources.unreadConversations(), Sources.sample());
    List<String> names = new ArrayList<>();
    LocalServers.postgres().createDatabase("store_names");
    try (Connection connection = LocalServers.postgres().connect("store_names");
        Statement statement = connection.createStatement()) {
      for (String sql : StoreTables.create("freshet")) {
        statement.execute(sql);
      }
      for (String sql : new EntriesTable(plan, "freshet", 1).create()) {
        statement.execute(sql);
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT relname FROM pg_class WHERE relnamespace = 'freshet'::regnamespace")) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
    }

    assertThat(names).contains("verification", "progress_pkey", plan.view() + "_g1_keys");
    names.remove(plan.view());
    for (String name : names) {
      String text = Sources.unreadConversations().replace("TABLE " + plan.view(), "TABLE " + name);
      assertThat(StoreNames.problems(Planner.plan(text, Sources.sample()))).as(name).hasSize(1);
    }
  }
}
