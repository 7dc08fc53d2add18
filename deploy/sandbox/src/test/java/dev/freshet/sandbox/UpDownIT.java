package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Endpoints;
import dev.freshet.cli.Instance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One supervisor stays behind: what dies is started again, and dies with it. */
class UpDownIT {
  /** The kill loop and the matrix of faults kill the others, too. */
  private static final List<String> KILLED =
      FULL
          ? List.of("READER_PID", "FLINK_JOBMANAGER_PID", "FLINK_TASKMANAGER_PID", "MYSQL_PID")
          : List.of("READER_PID");

  private static final Set<String> PORTS = Set.of("MYSQL_PORT", "POSTGRES_PORT");
  private static final Set<String> ADDRESSES = Set.of("KAFKA_BOOTSTRAP", "FLINK_URL", "READER_URL");

  private final Launcher launcher = new Launcher("up-down");

  @AfterEach
  void down() throws Exception {
    launcher.run("down");
  }

  @Test
  void whatDiesIsStartedAgainAndNothingOutlivesTheSupervisor() throws Exception {
    Launcher.Result up =
        launcher.run("up", "--sample=none", "--source-sql=" + ownTables(), "--views=" + ownViews());
    assertThat(up.code()).as("%s", up.output()).isZero();
    anOwnTableIsAnsweredFromAnOwnView();
    Endpoints before = endpoints();
    assertThat(new ReaderClient(before).isFromProjection("unread_conversations", "1/1")).isTrue();
    assertThat(Files.getPosixFilePermissions(launcher.layout().endpoints()))
        .extracting(Enum::name)
        .containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE");

    Launcher.Result second = launcher.run("up");
    assertThat(second.code()).isEqualTo(1);
    assertThat(second.output()).hasSize(1);
    assertThat(second.output().get(0)).contains("already runs").contains("down");

    for (String pid : KILLED) {
      killedIsStartedAgain(pid, before);
    }
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> launcher.run("status").code() == 0))
        .as("%s", launcher.run("status").output())
        .isTrue();
    aCancelledJobStaysSoWhenTheJobManagerDies();

    Endpoints last = endpoints();
    long supervisor = Instance.running(launcher.layout()).orElseThrow();
    assertThat(ProcessHandle.of(supervisor).orElseThrow().destroyForcibly()).isTrue();
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> launcher.processes().isEmpty()))
        .as("%s", launcher.processes())
        .isTrue();
    // A process that is ending lets its ports go last.
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> openPorts(last).isEmpty()))
        .as("%s", openPorts(last))
        .isTrue();
    Launcher.Result status = launcher.run("status");
    assertThat(status.code()).isEqualTo(1);
    assertThat(status.output()).anyMatch(line -> line.contains("Nothing runs"));
  }

  private static Path ownTables() throws IOException {
    return Files.writeString(
        Files.createTempFile("tables", ".sql"),
        """
        CREATE TABLE tasks (
          id INT PRIMARY KEY, owner VARCHAR(50) COLLATE utf8mb4_0900_bin NOT NULL, title VARCHAR(200),
          state ENUM('open', 'done') NOT NULL DEFAULT 'open',
          is_open TINYINT AS (state = 'open') STORED NOT NULL
        );
        INSERT INTO tasks (id, owner, title, state)
        VALUES (1, 'ada', 'Write; then test', 'open'), (2, 'ada', 'Rest', 'done');
        """);
  }

  private Path ownViews() throws IOException {
    Path views = Files.createTempDirectory("views");
    launcher.copyInbox(views);
    Files.writeString(
        views.resolve("tasks_of.sql"),
        """
        CREATE MATERIALIZED TABLE tasks_of (PRIMARY KEY (owner, id) NOT ENFORCED)
        PARTITIONED BY (owner)
        FRESHNESS = INTERVAL '5' SECOND
        AS SELECT t.owner, t.id, t.title FROM tasks t WHERE t.is_open ORDER BY id
        """);
    return views;
  }

  private void anOwnTableIsAnsweredFromAnOwnView() throws Exception {
    try (Sides sides = new Sides(endpoints());
        Statement source = sides.source().createStatement()) {
      source.executeUpdate(
          "INSERT INTO tasks (id, owner, title) VALUES (3, 'ada', 'Read'), (4, 'ada', 'Go')");
      source.executeUpdate("UPDATE tasks SET state = 'done' WHERE id = 4");
      sides.awaitApplied(sides.position());
      JsonNode answer = sides.ask("tasks_of", "ada", 10);
      assertThat(answer.path("source").asText()).isEqualTo("projection");
      assertThat(answer.path("items").findValuesAsText("title"))
          .containsExactly("Write; then test", "Read");
    }
  }

  private void aCancelledJobStaysSoWhenTheJobManagerDies() throws Exception {
    // The job manager was killed a moment ago: without a checkpoint there is nothing to resume.
    assertThat(Launcher.await(Duration.ofSeconds(60), this::hasCheckpoint)).isTrue();
    assertThat(launcher.run("cancel").code()).isZero();
    long old = Long.parseLong(pid("FLINK_JOBMANAGER_PID"));
    ProcessHandle.of(old).orElseThrow().destroyForcibly();
    assertThat(Launcher.await(Duration.ofSeconds(60), this::journalSaysStopped)).isTrue();
    Launcher.Result status = launcher.run("status");
    assertThat(status.code()).isEqualTo(1);
    assertThat(status.output()).anyMatch(line -> line.startsWith("! Job freshet: Flink"));

    Launcher.Result resume = launcher.run("resume");

    assertThat(resume.code()).as("%s", resume.output()).isZero();
    assertThat(resume.output()).anyMatch(line -> line.contains("resuming from file:"));
    assertThat(Launcher.await(Duration.ofSeconds(60), this::servesFromProjection)).isTrue();
  }

  private boolean hasCheckpoint() throws Exception {
    String status = String.join("\n", launcher.run("status", "--json").output());
    return new ObjectMapper().readTree(status).path("checkpoint").path("completed").asLong() > 0;
  }

  private boolean journalSaysStopped() {
    return new Journal(launcher.layout().journal())
        .after(0).stream().anyMatch(line -> line.text().contains("stays stopped"));
  }

  private void killedIsStartedAgain(String name, Endpoints first) throws IOException {
    long old = Long.parseLong(endpoints().get(name));
    ProcessHandle.of(old).orElseThrow().destroyForcibly();

    assertThat(Launcher.await(Duration.ofSeconds(60), () -> !pid(name).equals("" + old)))
        .as("%s was started again", name)
        .isTrue();
    assertThat(Launcher.await(Duration.ofSeconds(90), this::servesFromProjection))
        .as("reads are served after %s was killed", name)
        .isTrue();
    assertThat(withoutPids(endpoints())).isEqualTo(withoutPids(first));
  }

  private boolean servesFromProjection() {
    try {
      return new ReaderClient(endpoints()).isFromProjection("unread_conversations", "1/1");
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String pid(String name) {
    try {
      return endpoints().get(name);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Endpoints endpoints() throws IOException {
    return Endpoints.read(launcher.layout().endpoints());
  }

  private static Map<String, String> withoutPids(Endpoints endpoints) {
    return endpoints.values().entrySet().stream()
        .filter(entry -> !entry.getKey().endsWith("_PID"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static List<String> openPorts(Endpoints endpoints) {
    return endpoints.values().entrySet().stream()
        .filter(entry -> PORTS.contains(entry.getKey()) || ADDRESSES.contains(entry.getKey()))
        .filter(entry -> isOpen(entry.getValue().replaceFirst(".*:", "")))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean isOpen(String port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
