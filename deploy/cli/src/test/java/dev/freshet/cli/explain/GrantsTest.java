package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.view.declare.Declaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrantsTest {
  private static final String INBOX =
      """
      CREATE MATERIALIZED TABLE inbox (PRIMARY KEY (user_id, id) NOT ENFORCED)
      PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT p.user_id, p.id, u.`name`, CASE WHEN c.archived THEN 'old' ELSE 'new' END AS age
         FROM participants p
         JOIN conversations c ON c.id = p.conversation_id
         LEFT JOIN people.users u ON u.id = p.counterpart_id
         WHERE p.muted IS NULL
         ORDER BY age
      """;

  private static final String UNQUALIFIED =
      """
      CREATE MATERIALIZED TABLE both_tables (PRIMARY KEY (user_id, id) NOT ENFORCED)
      PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT user_id, p.id, title
         FROM participants p JOIN conversations c ON c.id = p.conversation_id
      """;

  private static final String ALONE =
      """
      CREATE MATERIALIZED TABLE muted (PRIMARY KEY (user_id, id) NOT ENFORCED)
      PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT user_id, id FROM participants WHERE MUTED_BY IS NOT NULL
      """;

  @TempDir private Path folder;

  @Test
  void theReaderReadsTheColumnsThatTheViewsNameAndTheJobTheirTables() throws IOException {
    assertThat(mysql(INBOX, ALONE))
        .containsExactly(
            "CREATE USER 'job'@'%' IDENTIFIED BY '…'",
            "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'job'@'%'",
            "GRANT SELECT ON `people`.`users` TO 'job'@'%'",
            "GRANT SELECT ON `shop`.`conversations` TO 'job'@'%'",
            "GRANT SELECT ON `shop`.`participants` TO 'job'@'%'",
            "CREATE USER 'r1'@'%' IDENTIFIED BY '…'",
            "GRANT SELECT (`id`, `name`) ON `people`.`users` TO 'r1'@'%'",
            "GRANT SELECT (`archived`, `id`) ON `shop`.`conversations` TO 'r1'@'%'",
            "GRANT SELECT (`conversation_id`, `counterpart_id`, `id`, `muted`, `MUTED_BY`,"
                + " `user_id`) ON `shop`.`participants` TO 'r1'@'%'");
  }

  @Test
  void whereAViewDoesNotSayOfWhichTableAColumnIsTheReaderReadsItsWholeTables() throws IOException {
    assertThat(mysql(UNQUALIFIED, INBOX))
        .contains(
            "GRANT SELECT (`id`, `name`) ON `people`.`users` TO 'r1'@'%'",
            "GRANT SELECT ON `shop`.`conversations` TO 'r1'@'%'",
            "GRANT SELECT ON `shop`.`participants` TO 'r1'@'%'");
  }

  @Test
  void theStoreIsClosedToOthersAndTheReaderOnlyReads() throws IOException {
    assertThat(Grants.postgres(config()))
        .containsExactly(
            "REVOKE ALL ON DATABASE \"answers\" FROM PUBLIC",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "CREATE ROLE \"store\" LOGIN PASSWORD '…'",
            "GRANT CONNECT, CREATE ON DATABASE \"answers\" TO \"store\"",
            "CREATE SCHEMA \"freshet\" AUTHORIZATION \"store\"",
            "CREATE ROLE \"r2\" LOGIN PASSWORD '…'",
            "GRANT CONNECT ON DATABASE \"answers\" TO \"r2\"",
            "GRANT USAGE ON SCHEMA \"freshet\" TO \"r2\"",
            "GRANT SELECT ON ALL TABLES IN SCHEMA \"freshet\" TO \"r2\"",
            "ALTER DEFAULT PRIVILEGES FOR ROLE \"store\" IN SCHEMA \"freshet\" GRANT SELECT ON"
                + " TABLES TO \"r2\"",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA \"freshet\" TO \"r2\"",
            "ALTER DEFAULT PRIVILEGES FOR ROLE \"store\" IN SCHEMA \"freshet\" GRANT EXECUTE ON"
                + " FUNCTIONS TO \"r2\"");
  }

  private List<String> mysql(String... views) throws IOException {
    return Grants.mysql(config(), List.of(views).stream().map(Declaration::parse).toList());
  }

  private Config config() throws IOException {
    Files.createDirectories(folder.resolve("views"));
    Files.writeString(folder.resolve("password"), "hush-hush-hush");
    Path file =
        Files.writeString(
            folder.resolve("freshet.yaml"),
            """
            source: {user: job, password-file: password, database: shop}
            store: {user: store, password-file: password, database: answers}
            views: {folder: views}
            reader:
              source-user: r1
              source-password-file: password
              store-user: r2
              store-password-file: password
            """);
    return ConfigReader.read(file, Map.of());
  }
}
