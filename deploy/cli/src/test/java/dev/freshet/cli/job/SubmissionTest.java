package dev.freshet.cli.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.servers.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before anything is sent: neither MySQL nor Flink runs here. */
class SubmissionTest {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE unread (PRIMARY KEY (user_id, id) NOT ENFORCED)
      PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT p.user_id, p.id FROM participants p
      """;

  private final int mysqlPort = Ports.free();
  @TempDir private Path folder;
  private Path views;

  @BeforeEach
  void views() throws IOException {
    views = Files.createDirectory(folder.resolve("views"));
  }

  @Test
  void allBadViewsAreNamed() throws IOException {
    Files.writeString(views.resolve("a.sql"), VIEW.replace("SELECT", "SELEC"));
    Files.writeString(views.resolve("b.sql"), VIEW.replace("PARTITIONED", "PARTED"));

    assertThatThrownBy(this::submit)
        .isInstanceOf(Failure.class)
        .hasMessageMatching("(?s)[^\n]+ \\[a\\.sql]\n[^\n]+ \\[b\\.sql]");
  }

  @Test
  void aSourceThatThisMachineDoesNotReachIsNamed() throws IOException {
    Files.writeString(views.resolve("unread.sql"), VIEW);

    assertThatThrownBy(this::submit)
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("Source job@127.0.0.1:" + mysqlPort + "/shop: ")
        .hasMessageEndingWith(
            "; check the address and the account, and that it runs, or submit from a machine that"
                + " can reach it");
  }

  private String submit() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("freshet.yaml"),
            """
            source: {port: %d, user: job, database: shop}
            store: {user: store, database: answers}
            views: {folder: views}
            """
                .formatted(mysqlPort));
    Config config =
        ConfigReader.read(
            file, Map.of("FRESHET_SOURCE_PASSWORD", "hush", "FRESHET_STORE_PASSWORD", "hush"));
    FlinkApi flink = new FlinkApi(config.flink());
    return new Submission(Layout.find(folder), flink, new LongOperations(line -> {}))
        .submit(config, 1, Optional.empty());
  }
}
