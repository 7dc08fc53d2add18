package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain --source-sql} checks views while no server runs, and leaves nothing behind. */
class ExplainScriptIT {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE %s (PRIMARY KEY (agent_id, id) NOT ENFORCED)
      PARTITIONED BY (agent_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT t.agent_id, t.id, t.opened_at, a.name FROM tickets t JOIN agents a ON a.id = t.agent_id
      %s ORDER BY t.opened_at
      """;

  @TempDir private Path folder;
  private Path script;

  private record Result(int code, List<String> out, List<String> err) {}

  @BeforeEach
  void script() throws IOException {
    script =
        Files.writeString(
            folder.resolve("tables.sql"),
            """
            CREATE DATABASE IF NOT EXISTS desk CHARACTER SET latin1;
            USE desk;
            CREATE TABLE agents (id BIGINT PRIMARY KEY, name VARCHAR(80));
            CREATE TABLE tickets (id BIGINT PRIMARY KEY, agent_id BIGINT NOT NULL,
              opened_at DATETIME NOT NULL, KEY (agent_id, opened_at));
            INSERT INTO agents VALUES (1, 'Ada');
            """);
  }

  @Test
  void everyViewIsExplainedOrRefused() throws IOException {
    Path good = Files.writeString(folder.resolve("good.sql"), VIEW.formatted("open_tickets", ""));
    Path bad =
        Files.writeString(
            folder.resolve("bad.sql"), VIEW.formatted("lost_tickets", "WHERE t.colour = 1"));

    Path missing = folder.resolve("missing.sql");
    String query = "SELECT opened_at FROM tickets WHERE agent_id = ?";

    Result all =
        explain(
            "--source-sql=" + script,
            bad.toString(),
            missing.toString(),
            query,
            "nothing",
            good.toString(),
            query);
    assertThat(all.code()).isEqualTo(1);
    assertThat(all.out())
        .filteredOn(line -> line.matches("(\\[|  refused|view|save this).*"))
        .extracting(line -> line.replace(folder + "/", "").replaceFirst(" \\(line.*", ""))
        .containsExactly(
            "[1 of 6] bad.sql",
            "  refused  View lost_tickets: the table 'tickets' has no column 'colour'",
            "[2 of 6] missing.sql",
            "  refused  View missing.sql: the file cannot be read; check path and rights",
            "[3 of 6] " + query,
            "save this as tickets_by_agent_id.sql among your views:",
            "view tickets_by_agent_id",
            "[4 of 6] nothing",
            "  refused  View nothing: it is no .sql file; give a file, or a query",
            "[5 of 6] good.sql",
            "view open_tickets",
            "[6 of 6] " + query,
            "save this as tickets_by_agent_id_2.sql among your views:",
            "view tickets_by_agent_id_2");
    assertThat(all.err())
        .containsExactly(
            "starting a MySQL for the check; this takes some seconds",
            "freshet: Views: 3 of 6 are refused; correct what stands under their headings");
    assertThat(left()).isEmpty();
  }

  @Test
  void databasesOfTheScriptAreFoundByTheirNames() throws IOException {
    Files.writeString(
        script,
        """
        CREATE DATABASE crm;
        CREATE TABLE crm.agents (id BIGINT PRIMARY KEY, name VARCHAR(80));
        DROP DATABASE IF EXISTS `help-desk`;
        CREATE DATABASE `help-desk`;
        USE `help-desk`;
        CREATE TABLE tickets (id BIGINT PRIMARY KEY, agent_id BIGINT NOT NULL, KEY (agent_id),
          FOREIGN KEY (agent_id) REFERENCES crm.agents (id));
        DELIMITER ;;
        CREATE TRIGGER seen AFTER INSERT ON tickets FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END;;
        DELIMITER ;
        INSERT INTO crm.agents VALUES (1, 'Ada');
        """);
    Result result =
        explain(
            "--source-sql=" + script,
            "SELECT t.id, a.name FROM `help-desk`.tickets t JOIN crm.agents a ON a.id = t.agent_id WHERE t.agent_id = ?",
            "SELECT id FROM tickets WHERE agent_id = ?",
            "SELECT id FROM crm.tickets WHERE agent_id = ?");
    assertThat(result.out())
        .as("%s", result)
        .contains("view tickets_by_agent_id", "view tickets_by_agent_id_2")
        .anyMatch(
            line -> line.startsWith("  refused ") && line.contains("is not in the database 'crm'"));
    assertThat(result.err())
        .contains(
            "Source script: it has the databases crm, help-desk; a table without a database in front is one of 'help-desk'",
            "Source script "
                + script
                + ": left out trigger seen (line 9); if they write rows, write these in the script");

    Files.writeString(script, "CREATE TABLE crm.agents (id BIGINT PRIMARY KEY)");
    assertThat(explain("--source-sql=" + script, "SELECT id FROM agents WHERE id = ?").err())
        .anyMatch(line -> line.endsWith("(line 1); write CREATE DATABASE with its name in front"));
  }

  @Test
  void aPlainQueryIsDeclaredAndExplained() throws IOException {
    Path query =
        Files.writeString(
            folder.resolve("opened.sql"),
            """
            -- what the agent's page asks
            SELECT t.opened_at, a.name
            FROM tickets t JOIN agents a ON a.id = t.agent_id
            WHERE t.agent_id = ? AND t.opened_at > '2024-01-01'
            ORDER BY t.opened_at DESC LIMIT 20
            """);

    Result plain =
        explain(
            "--source-sql=" + script,
            query.toString(),
            "SELECT id FROM agents WHERE name = :name OR id = 1",
            "SELECT t.id, NOW() AS asked FROM tickets t WHERE t.agent_id = ?");

    assertThat(plain.out())
        .contains(
            "save this as opened.sql among your views:",
            "'LIMIT 20' is left out: the reader pages, by limit and cursor",
            "view opened",
            "the declaration of this query, which is refused; messages name its lines:");
    assertThat(plain.out())
        .anyMatch(line -> line.contains("View of this query: the parameter ? in WHERE"))
        .anyMatch(line -> line.contains("View tickets_by_agent_id: the function NOW"));
    assertThat(plain.code()).isEqualTo(1);

    String declared = String.join("\n", plain.out());
    declared =
        declared.substring(declared.indexOf("CREATE"), declared.indexOf("'LIMIT 20' is left out"));
    Files.writeString(query, declared);
    Result saved = explain("--source-sql=" + script, query.toString());
    assertThat(saved.code()).as("%s", saved).isZero();
    assertThat(saved.out().get(0)).isEqualTo("view opened");
    assertThat(plain.out()).containsAll(saved.out());

    assertThat(explain("--source-sql=" + script, "--name=a", "SELECT 1", "SELECT 2").code())
        .as("a name for two queries, or problems of both")
        .isNotZero();
    assertThat(explain("--source-sql=" + script, "opened").err())
        .anyMatch(line -> line.contains("View opened: it is no .sql file"));
  }

  @Test
  void aScriptThatFailsIsNamedWithMysqlsMessage() throws IOException {
    Path view = Files.writeString(folder.resolve("good.sql"), VIEW.formatted("open_tickets", ""));
    Files.writeString(script, "CREATE TABLE agents (id BIGINT PRIMARY KEY, name WORDS)");

    Result failed = explain("--source-sql=" + script, view.toString());
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err())
        .anyMatch(
            line ->
                line.contains(script.toString())
                    && line.contains("WORDS")
                    && line.endsWith("(line 1); correct it and start again"));
    assertThat(left()).isEmpty();

    Result missing = explain("--source-sql=" + folder.resolve("none.sql"), view.toString());
    assertThat(missing.err()).anyMatch(line -> line.contains("none.sql"));
    assertThat(explain("--source-sql=" + script, "--source").code()).isEqualTo(2);
  }

  private List<Path> left() throws IOException {
    Path home = folder.resolve("home");
    if (!Files.exists(home)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(home)) {
      return files.filter(file -> file.getFileName().toString().startsWith("explain-")).toList();
    }
  }

  private Result explain(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    System.setProperty(Layout.ROOT, Path.of("../..").toAbsolutePath().normalize().toString());
    String[] all =
        Stream.concat(
                Stream.of("explain", "--home=" + folder.resolve("home")), Stream.of(arguments))
            .toArray(String[]::new);
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all);
    return new Result(code, out.toString().lines().toList(), err.toString().lines().toList());
  }
}
