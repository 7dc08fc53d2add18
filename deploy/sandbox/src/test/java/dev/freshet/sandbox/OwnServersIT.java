package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's own servers through {@code freshet.yaml}, from the first look at a view to the end. */
class OwnServersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path folder;
  private static OwnServers servers;
  private static Launcher.Started reader;

  @BeforeAll
  static void start() throws Exception {
    servers = OwnServers.start(folder, 300);
    reader = servers.reader();
  }

  @AfterAll
  static void end() throws Exception {
    // The command first, so that it ends the reader it has started.
    reader.process().destroy();
    assertThat(reader.process().waitFor(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theJobIsSubmittedStoppedResumedAndCancelledAndAnswersAreRightThroughout() throws Exception {
    assertThat(servers.refused("savepoint")).contains("Job own: none runs").contains("submit");
    assertThat(servers.refused("resume")).contains("no savepoint").contains("--from");
    assertThat(servers.refused("dead-letters", "list")).contains("no topic own.dead-letter");

    servers.done("submit");
    assertRight();
    assertThat(servers.refused("submit")).contains("Job own: it is already RUNNING");
    List<String> status = servers.eventuallyDone("status");
    assertThat(status).anyMatch(line -> line.matches("job own +RUNNING .*parallelism 1, 0 .*"));
    assertThat(status).anyMatch(line -> line.matches("progress +binlog\\..* lag \\d+ ms"));
    assertThat(status).anyMatch(line -> line.matches("view unread_conv.* VALID [\\d,]+; .*"));
    assertThat(status).anyMatch(line -> line.startsWith("reader") && line.contains("mysql up"));

    assertThat(status).anyMatch(line -> line.matches("to be tried again +no rows"));
    assertThat(servers.done("status", "--json"))
        .anyMatch(line -> line.contains("\"oldestMs\" : 0"));
    assertThat(servers.done("dead-letters", "list")).containsExactly("no dead letters");
    assertThat(servers.refused("dead-letters", "show", "x")).contains("Dead letter x: job own");

    String kept = last(servers.done("savepoint"));
    execute("UPDATE users SET name = CONCAT(name, ' B')");
    String stopped = last(servers.done("savepoint", "--stop"));
    assertThat(stopped).startsWith("file:").isNotEqualTo(kept);
    execute("UPDATE conversations SET archived = 1 - archived WHERE id % 3 = 0");
    assertThat(servers.run("status").code()).isEqualTo(1);

    assertThat(servers.refused("resume", "--from=" + kept + "-gone")).contains(kept + "-gone");
    assertThat(servers.refused("resume", "--parallelism=9")).contains("slots").contains("9");
    aChangedViewIsRefused();
    List<String> resumed = servers.done("resume", "--parallelism=2");
    assertThat(resumed).anyMatch(line -> line.contains("resuming from " + stopped));
    assertRight();
    assertThat(servers.done("status", "--json"))
        .anyMatch(line -> line.contains("\"parallelism\" : 2"))
        .anyMatch(line -> line.contains("\"troubles\" : [ ]"));

    servers.done("cancel");
    assertThat(servers.refused("cancel")).contains("none runs");
    assertThat(servers.run("status").text()).contains("CANCELED").contains("! ");
    theClassesOfEndedJobsAreUnloaded();
  }

  /** But for those that the JDK's own cache for records holds: of the last job, or two. */
  private static void theClassesOfEndedJobsAreUnloaded() throws Exception {
    long taskManager = servers.taskManager().pid();
    assertThat(JobClasses.hasDriversThread(taskManager)).isFalse();
    assertThat(Launcher.await(PATIENCE, () -> JobClasses.loaders(taskManager) <= 2))
        .as("the task manager has unloaded the classes of ended jobs")
        .isTrue();
  }

  @Test
  void aViewIsExplainedFromMysqlsOwnFigures() throws Exception {
    List<String> lines = servers.done("explain", "unread_conversations");
    assertThat(lines)
        .contains(
            "view unread_conversations",
            "  one entry per    user_id, site_id, conversation_id",
            "  asked by         user_id, site_id",
            "  filter           c.archived = 0 AND c.last_message_at > p.last_read_at",
            "                   a change of one row touches up to 2 entries (median 2), before the"
                + " filter")
        .anyMatch(line -> line.contains("own.users") && line.contains("left join"))
        .anyMatch(line -> line.contains("reads p by index user_id"));
    long largest =
        number(
            "SELECT MAX(n) FROM (SELECT COUNT(*) n FROM participants GROUP BY counterpart_id) t");
    assertThat(lines).anyMatch(line -> line.contains("up to %,d entries".formatted(largest)));
    assertThat(lines).noneMatch(line -> line.contains("run this"));
    assertThat(servers.refused("explain", "unread_conversation"))
        .contains("did you mean 'unread_conversations'?");
  }

  @Test
  void theMissingIndexIsPrintedAndIsUsedOnceCreated() throws Exception {
    execute(
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner_id BIGINT NOT NULL, noted_at DATETIME NOT NULL)");
    execute(
        "INSERT INTO notes SELECT a.id * 1000 + b.id, b.id, NOW() FROM conversations a, users b");
    execute("ANALYZE TABLE notes");
    servers.grantRead("notes");
    Path view =
        Files.writeString(
            folder.resolve("notes.sql"),
            """
            CREATE MATERIALIZED TABLE notes_of_owner (PRIMARY KEY (owner_id, id) NOT ENFORCED)
            PARTITIONED BY (owner_id) FRESHNESS = INTERVAL '5' SECOND
            AS SELECT n.owner_id, n.id, n.noted_at FROM notes n ORDER BY n.id
            """);
    String index =
        servers.done("explain", view.toString()).stream()
            .filter(line -> line.contains("CREATE INDEX"))
            .collect(Collectors.joining())
            .replaceFirst(".*(CREATE INDEX .*);", "$1");

    execute(index);

    assertThat(servers.done("explain", view.toString()))
        .noneMatch(line -> line.contains("CREATE INDEX"))
        .anyMatch(line -> line.contains("by index freshet_notes_of_owner"));
  }

  @Test
  void explainRefusesATableThatTheJobWouldRefuse() throws Exception {
    execute(
        "CREATE TABLE remarks (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL) ENGINE = MyISAM");
    servers.grantRead("remarks");
    Path view =
        Files.writeString(
            folder.resolve("remarks.sql"),
            """
            CREATE MATERIALIZED TABLE remarks_of (PRIMARY KEY (user_id, id) NOT ENFORCED)
            PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
            AS SELECT r.user_id, r.id FROM remarks r
            """);

    assertThat(servers.refused("explain", view.toString()))
        .contains("remarks is of the engine MyISAM")
        .contains("convert it");
  }

  /** The store holds the view as it was. */
  private static void aChangedViewIsRefused() throws Exception {
    Path views = Files.createDirectories(folder.resolve("changed"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("../../sql/views"))) {
      for (Path file : files) {
        String changed =
            Files.readString(file)
                .replace("c.archived = 0", "c.archived = 1")
                .replace("BETWEEN 60 AND 150", "BETWEEN 61 AND 150");
        Files.writeString(views.resolve(file.getFileName()), changed);
      }
    }
    String yaml = Files.readString(servers.yaml());
    try {
      Files.writeString(
          servers.yaml(), yaml.replaceFirst("folder: .*", "folder: " + views.toAbsolutePath()));
      OwnServers.Result refused = servers.run("resume");
      assertThat(refused.code()).as("%s", refused).isEqualTo(1);
      assertThat(refused.err())
          .hasSize(2)
          .allSatisfy(line -> assertThat(line).contains("another query"))
          .anySatisfy(line -> assertThat(line).startsWith("freshet: View unread_conversations: "))
          .anySatisfy(line -> assertThat(line).startsWith("freshet: View films_of_actor: "));
    } finally {
      Files.writeString(servers.yaml(), yaml);
    }
  }

  private static void assertRight() {
    assertThat(Launcher.await(PATIENCE, () -> servers.differences().isEmpty())).isTrue();
  }

  private static void execute(String sql) throws Exception {
    try (Connection mysql = servers.application();
        Statement statement = mysql.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(String sql) throws Exception {
    try (Connection mysql = servers.application();
        Statement statement = mysql.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static String last(List<String> lines) {
    return lines.get(lines.size() - 1);
  }
}
