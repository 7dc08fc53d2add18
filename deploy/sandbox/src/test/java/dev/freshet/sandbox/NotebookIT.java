package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The notebooks run from their first cell to their last, and show what they say. */
@Tag(SharedSystem.TAG)
class NotebookIT {
  private static final Path NOTEBOOKS = Path.of("../../notebooks");

  /** The executed notebooks stay there, to look at their pictures. */
  private static final Path EXECUTED = Path.of("target/notebooks");

  private static final String INSTALL =
      "install what the notebook needs: apt-get install -y --no-install-recommends"
          + " jupyter-nbconvert python3-ipykernel python3-pandas python3-matplotlib"
          + " python3-psycopg2 python3-sqlalchemy python3-pymysql";

  /** A row of the comparison: a view, its keys, their rows, and how many keys are equal. */
  private static final Pattern COMPARED = Pattern.compile("^\\w+ +(\\d+) +\\d+ +(\\d+)");

  @TempDir private Path folder;

  @Test
  void theProjectionIsExplored() throws Exception {
    List<JsonNode> shown = execute("projection.ipynb");

    assertThat(pictures(shown)).hasSize(2);
    assertThat(shown)
        .filteredOn(data -> data.path("text/plain").toString().contains("rentals_of_customer"))
        .hasSize(2);
    assertThat(lastText(shown)).contains("MySQL").contains("projection");
  }

  @Test
  void freshnessAndFailuresOfARunAreDrawn() throws Exception {
    requirePackages();
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement()) {
      String user =
          text(
              source,
              "SELECT counterpart_id FROM participants p JOIN conversations c"
                  + " ON c.id = p.conversation_id JOIN users u ON u.id = p.counterpart_id"
                  + " WHERE archived = 0 AND last_message_at > last_read_at ORDER BY 1 LIMIT 1");
      String name = text(source, "SELECT name FROM users WHERE id = " + user);
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<Void> traffic =
          CompletableFuture.runAsync(() -> rename(source, user, name, over));
      List<JsonNode> shown;
      try {
        shown = execute("freshness.ipynb");
      } finally {
        over.set(true);
        traffic.get(60, TimeUnit.SECONDS);
      }

      assertThat(pictures(shown)).hasSize(2);
      assertThat(lastText(shown))
          .as("the view of the user with the bad name")
          .containsPattern("unread_conversations +[1-9]");
    }
  }

  /** Changes a user ten times a second; every other second to a name that cannot be stored. */
  private static void rename(Statement source, String user, String name, AtomicBoolean over) {
    try {
      for (int i = 0; !over.get(); i++) {
        String other =
            i / 20 % 2 == 1 ? "CONCAT('a', CHAR(0 USING utf8mb4), '" + i + "')" : "'" + i + "'";
        source.executeUpdate("UPDATE users SET name = " + other + " WHERE id = " + user);
        LockSupport.parkNanos(100_000_000);
      }
      source.executeUpdate("UPDATE users SET name = '" + name + "' WHERE id = " + user);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theProjectionIsComparedWithMysql() throws Exception {
    List<JsonNode> shown = execute("cost.ipynb");

    assertThat(pictures(shown)).hasSize(2);
    JsonNode compared =
        shown.stream()
            .filter(data -> data.path("text/plain").toString().contains("equal"))
            .findFirst()
            .orElseThrow();
    int views = 0;
    for (JsonNode line : compared.path("text/plain")) {
      Matcher row = COMPARED.matcher(line.asText());
      if (row.find()) {
        views++;
        assertThat(row.group(2)).as("%s", line).isEqualTo(row.group(1));
      }
    }
    assertThat(views).as("%s", compared).isEqualTo(5);
  }

  /** Runs a notebook; returns what its cells show. */
  private List<JsonNode> execute(String notebook) throws Exception {
    requirePackages();
    SharedSystem.endpoints();
    int executed =
        run(
            "/usr/bin/jupyter-nbconvert",
            "--to=notebook",
            "--execute",
            "--ExecutePreprocessor.timeout=120",
            "--output-dir=" + EXECUTED,
            NOTEBOOKS.resolve(notebook).toAbsolutePath().normalize().toString());
    assertThat(executed).as("%s", Files.readAllLines(folder.resolve("log"))).isZero();
    List<JsonNode> shown = new ArrayList<>();
    new ObjectMapper()
        .readTree(EXECUTED.resolve(notebook).toFile())
        .path("cells")
        .forEach(cell -> cell.path("outputs").forEach(output -> shown.add(output.path("data"))));
    return shown;
  }

  private static List<JsonNode> pictures(List<JsonNode> shown) {
    return shown.stream().filter(data -> data.has("image/png")).toList();
  }

  private static String lastText(List<JsonNode> shown) {
    StringBuilder text = new StringBuilder();
    shown.get(shown.size() - 1).path("text/plain").forEach(line -> text.append(line.asText()));
    return text.toString();
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).as(sql).isTrue();
      return row.getString(1);
    }
  }

  /** A machine with nothing but a JDK and Maven skips the test; CI must have the packages. */
  private void requirePackages() throws Exception {
    boolean present;
    try {
      present =
          run(
                  "/usr/bin/python3",
                  "-c",
                  "import nbconvert, ipykernel, pandas, matplotlib, psycopg2, sqlalchemy, pymysql")
              == 0;
    } catch (IOException e) {
      present = false;
    }
    if (System.getenv("CI") != null) {
      assertThat(present).as(INSTALL).isTrue();
    }
    assumeTrue(present, INSTALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"projection.ipynb", "freshness.ipynb", "cost.ipynb"})
  void itIsCommittedWithoutOutputs(String notebook) throws Exception {
    File file = NOTEBOOKS.resolve(notebook).toFile();
    for (JsonNode cell : new ObjectMapper().readTree(file).path("cells")) {
      assertThat(cell.path("outputs")).isEmpty();
      assertThat(cell.path("execution_count").asInt()).isZero();
    }
  }

  private int run(String... command) throws Exception {
    File log = folder.resolve("log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
    Path endpoints = SharedSystem.launcher().layout().endpoints();
    builder.environment().put("FRESHET_ENDPOINTS", endpoints.toString());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("FRESHET_WATCH_SECONDS", "10");
    Process process = builder.start();
    if (!process.waitFor(180, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("not ended: " + Files.readAllLines(log.toPath()));
    }
    return process.exitValue();
  }
}
