package dev.freshet.view.declare;

import static dev.freshet.view.declare.TableBuilder.table;

import dev.freshet.view.Catalogue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The sample source and a second one, with a column of every kind, as their catalogues. */
public final class Sources {
  private static final String CI = "utf8mb4_0900_ai_ci";
  private static final String BIN = "utf8mb4_0900_bin";

  private Sources() {}

  public static Catalogue sample() {
    return new Catalogue(
        "inbox",
        List.of(
            table("users")
                .notNull("id", "bigint")
                .text("name", "varchar(255)", CI, true)
                .text("image_url", "varchar(512)", CI, true)
                .keyed("id"),
            table("conversations")
                .notNull("id", "bigint")
                .notNull("site_id", "bigint")
                .notNull("last_message_at", "datetime(6)")
                .notNull("archived", "tinyint(1)")
                .keyed("id"),
            table("participants")
                .notNull("conversation_id", "bigint")
                .notNull("user_id", "bigint")
                .nullable("counterpart_id", "bigint")
                .notNull("last_read_at", "datetime(6)")
                .keyed("conversation_id", "user_id"),
            table("messages")
                .notNull("id", "bigint")
                .nullable("conversation_id", "bigint")
                .nullable("sender_id", "bigint")
                .nullable("sent_at", "datetime(6)")
                .text("body", "text", CI, true)
                .keyed("id")));
  }

  /** Rows with a column of each kind ({@code r}), tables above them, and one without a key. */
  public static Catalogue kinds() {
    return new Catalogue(
        "inbox",
        List.of(
            table("rows")
                .notNull("id", "bigint")
                .notNull("k", "int")
                .nullable("tiny", "tinyint")
                .nullable("big_u", "bigint unsigned")
                .nullable("price", "decimal(10,2)")
                .nullable("ratio", "double")
                .nullable("share", "float")
                .text("bin", "varchar(40)", BIN, true)
                .text("pad", "varchar(40)", "utf8mb4_bin", true)
                .text("ci", "varchar(40)", CI, true)
                .text("german", "varchar(40)", "latin1_german2_ci", true)
                .text("fixed", "char(10)", BIN, true)
                .text("wide", "varchar(40)", "ucs2_bin", true)
                .text("cp", "varchar(40)", "latin1_bin", true)
                .text("colour", "enum('red','blue')", CI, true)
                .text("condition", "enum('','used')", CI, true)
                .text("shade", "enum('red','grey')", CI, true)
                .text("tags", "set('a','b','c')", CI, true)
                .text("cases", "set('a','b')", "utf8mb4_0900_as_cs", true)
                .nullable("doc", "json")
                .nullable("raw4", "binary(4)")
                .nullable("raw", "varbinary(40)")
                .nullable("bits", "bit(3)")
                .notNull("born", "date")
                .nullable("seen", "datetime")
                .nullable("stamp", "timestamp(6)")
                .nullable("since", "time")
                .nullable("made", "year")
                .nullable("place", "point")
                .nullable("embedding", "vector(3)")
                .text("sku", "varchar(40)", BIN, false)
                .text("code", "varchar(40)", CI, false)
                .text("title", "varchar(400)", BIN, false)
                .text("subject", "varchar(400)", BIN, false)
                .text("headline", "varchar(400)", "utf8mb4_unicode_ci", true)
                .text("story", "text", "utf8mb4_unicode_ci", false)
                .text("essay", "text", CI, true)
                .notNull("parent_a", "int")
                .notNull("parent_b", "bigint")
                .keyed("id"),
            table("parents")
                .notNull("a", "bigint")
                .notNull("b", "bigint")
                .nullable("group_id", "bigint")
                .notNull("weight", "int")
                .keyed("b", "a"),
            table("codes").text("code", "varchar(40)", CI, false).keyed("code"),
            table("years").notNull("year", "year").keyed("year"),
            table("unsigned_things").notNull("id", "bigint unsigned").keyed("id"),
            table("loose").notNull("id", "bigint").keyed()));
  }

  /** The declared sample view. */
  public static String unreadConversations() {
    return file("sql/views/unread_conversations.sql");
  }

  /** The statements that create the sample's tables. */
  public static String sampleTables() {
    return file("sql/source/inbox.sql");
  }

  /** A view of messages: a two-level chain, one table twice, and columns of several kinds. */
  public static String messagesOfSites() {
    return """
    CREATE MATERIALIZED TABLE messages_of_sites (
      PRIMARY KEY (site_id, message_id) NOT ENFORCED
    )
    PARTITIONED BY (site_id)
    FRESHNESS = INTERVAL '1' MINUTE
    AS SELECT c.site_id, m.id AS message_id, c.last_message_at AS moved_at, m.sent_at, m.body,
              s.name AS sender, r.name AS reader, p.last_read_at
       FROM messages m
       JOIN conversations c ON m.conversation_id = c.id
       LEFT JOIN participants p ON p.user_id = m.sender_id
                               AND p.conversation_id = m.conversation_id
       LEFT JOIN users s ON s.id = m.sender_id
       LEFT JOIN users r ON r.id = p.counterpart_id -- the chain
       WHERE NOT c.archived AND (m.sent_at IS NULL OR p.user_id IS NOT NULL)
       ORDER BY moved_at DESC, m.id DESC;
    """;
  }

  private static String file(String path) {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("sql/source"))) {
      root = root.getParent();
    }
    try {
      return Files.readString(root.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
