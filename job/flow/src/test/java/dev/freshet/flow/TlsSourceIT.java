package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Reads the source with accounts of {@code caching_sha2_password}: with TLS and the certificate
 * that MySQL creates for itself, and without TLS. FLUSH PRIVILEGES empties MySQL's cache of
 * passwords, so MySQL requires the complete password.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsSourceIT {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE notes_of_owner (PRIMARY KEY (owner, id) NOT ENFORCED)
      PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT t.owner, t.id FROM notes t ORDER BY id
      """;

  @TempDir private Path folder;
  private MiniFlink flink;
  private MySqlServer mysql;

  @BeforeAll
  void start() throws Exception {
    flink = new MiniFlink(4);
    mysql = LocalServers.newMySql();
  }

  @AfterAll
  void stop() {
    mysql.close();
    flink.close();
  }

  @ParameterizedTest
  @CsvSource({"REQUIRED, SSL", "DISABLED, NONE"})
  void snapshotAndBinlogAreRead(String sslMode, String required) throws Exception {
    try (JobUnderTest job =
            new JobUnderTest("tls_" + System.nanoTime(), mysql)
                .withSourceProperty("sslMode", sslMode);
        Statement source = job.source().createStatement()) {
      source.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      source.execute("INSERT INTO notes VALUES (1, 1)");
      source.execute(
          "ALTER USER '%s'@'%%' REQUIRE %s".formatted(MySqlAccount.JOB.user(), required));
      source.execute("FLUSH PRIVILEGES");
      job.start(folder, List.of(VIEW), 1, 1000);
      job.awaitProgress();
      source.execute("INSERT INTO notes VALUES (2, 1)");
      job.awaitProgress();
      assertThat(count(job.store(), job.name() + ".notes_of_owner")).isEqualTo(2);
    }
  }

  private static long count(Connection store, String view) throws SQLException {
    try (Statement statement = store.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + view)) {
      row.next();
      return row.getLong(1);
    }
  }
}
