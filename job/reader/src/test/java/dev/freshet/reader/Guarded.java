package dev.freshet.reader;

import dev.freshet.reader.access.Access;
import dev.freshet.reader.access.JwtBuilder;
import dev.freshet.reader.config.Limits;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.secret.SecretText;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The inbox of two users, and readers that accept tokens with scopes and signed tokens. */
final class Guarded {
  static final String VIEW = "unread_conversations";
  static final String OTHER_VIEW = "notes_of";
  static final String MAY_ALL = World.SECRET;
  static final String READS_VIEW = "reads-the-inbox-1234";
  static final String READS_OTHER = "reads-the-notes-1234";
  static final String READS_ALL = "reads-everything-1234";
  static final String OPERATES = "operates-only-123456";

  /** Long time limits, so that a busy machine does not cause timeouts. */
  static final Limits PATIENT =
      new Limits(
          64,
          8,
          Duration.ofSeconds(20),
          8,
          16,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          1000,
          0);

  private Guarded() {}

  static Access access() {
    return new Access(
        Optional.of(new SecretText.Given("token", MAY_ALL)),
        Optional.of(
            new SecretText.Given(
                "tokens",
                """
                {"tokens": [
                  {"name": "a", "token": "%s", "scopes": ["read:%s"]},
                  {"name": "b", "token": "%s", "scopes": ["read:%s"]},
                  {"name": "c", "token": "%s", "scopes": ["read:*"]},
                  {"name": "d", "token": "%s", "scopes": ["operate"]}]}
                """
                    .formatted(READS_VIEW, VIEW, READS_OTHER, OTHER_VIEW, READS_ALL, OPERATES))),
        Optional.of(
            new Access.Signed(
                Optional.empty(),
                Optional.of(new SecretText.Given("secret", JwtBuilder.SECRET)),
                Optional.empty(),
                Optional.empty())));
  }

  /** Starts another reader over the world's databases. */
  static Reader reader(World world) throws Exception {
    return Reader.start(config(world.config(PATIENT), access()), world.clock());
  }

  static ReaderConfig config(ReaderConfig of, Access access) {
    return new ReaderConfig(
        of.host(),
        of.port(),
        Optional.empty(),
        access,
        of.mysql(),
        of.postgres(),
        of.schema(),
        of.kafka(),
        of.limits());
  }

  /**
   * Fills source and store: user 42 has 12 entries in site 7 and 3 in site 8, user 43 has 5 in site
   * 7.
   */
  static void fill(World world) throws Exception {
    Path sql = Path.of("../../sql");
    world.inMysql(sql.resolve("source/inbox.sql"));
    world.inMysql(
        "INSERT INTO users VALUES (1, 'Ada', NULL)",
        "INSERT INTO conversations WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 20) SELECT i, IF(i BETWEEN 13 AND 15, 8, 7),"
            + " '2026-01-31 11:00:00' + INTERVAL i SECOND, 0 FROM n",
        "INSERT INTO participants SELECT id, IF(id <= 15, 42, 43), 1, '2026-01-01'"
            + " FROM conversations",
        "CREATE TABLE notes (name VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT"
            + " NULL, price DECIMAL(9,2) NOT NULL, bin VARBINARY(8) NOT NULL, dt DATETIME(2) NOT"
            + " NULL, id BIGINT PRIMARY KEY)",
        "INSERT INTO notes VALUES ('a', 1.5, x'01', '2026-01-31', 1),"
            + " ('a', 1.5, x'01', '2026-01-31', 2)");
    world.project(
        world.register(java.nio.file.Files.readString(sql.resolve("views/" + VIEW + ".sql"))));
    world.project(
        world.register(
            """
            CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (name, price, bin, dt, id) NOT ENFORCED)
            PARTITIONED BY (name, price, bin, dt)
            FRESHNESS = INTERVAL '5' SECOND
            AS SELECT n.name, n.price, n.bin, n.dt, n.id FROM notes n
            """));
    fresh(world);
  }

  static void fresh(World world) throws SQLException {
    world.progress(Instant.now().plusSeconds(3600), true);
  }
}
