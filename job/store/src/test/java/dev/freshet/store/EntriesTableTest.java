package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Sources;
import org.junit.jupiter.api.Test;

class EntriesTableTest {
  private static final ViewPlan PLAN =
      Planner.plan(Sources.unreadConversations(), Sources.sample());

  @Test
  void theStoreHasTheViewsColumns() {
    EntriesTable tables = new EntriesTable(PLAN, "freshet", 2);

    assertThat(tables.createTable())
        .isEqualTo(
            """
            CREATE TABLE IF NOT EXISTS "freshet"."unread_conversations_g2" (
              "user_id" bigint NOT NULL,
              "site_id" bigint NOT NULL,
              "conversation_id" bigint NOT NULL,
              "last_message_at" timestamp(6) NOT NULL,
              "name" text COLLATE "C",
              "image_url" text COLLATE "C",
              _key_group smallint NOT NULL,
              PRIMARY KEY ("user_id", "site_id", "conversation_id")
            )""");
    assertThat(tables.createIndex().orElseThrow())
        .endsWith("(\"user_id\", \"site_id\", \"last_message_at\" DESC, \"conversation_id\")");
    assertThat(tables.upsert())
        .endsWith(
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (\"user_id\", \"site_id\","
                + " \"conversation_id\") DO UPDATE SET \"last_message_at\" ="
                + " EXCLUDED.\"last_message_at\", \"name\" = EXCLUDED.\"name\", \"image_url\" ="
                + " EXCLUDED.\"image_url\"");
    assertThat(tables.delete())
        .isEqualTo(
            "DELETE FROM \"freshet\".\"unread_conversations_g2\" WHERE \"user_id\" = ? AND"
                + " \"site_id\" = ? AND \"conversation_id\" = ?");
  }
}
