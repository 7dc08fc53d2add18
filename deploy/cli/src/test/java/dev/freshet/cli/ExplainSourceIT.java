package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code explain --source} says of a server, and that its statements put the server right. */
class ExplainSourceIT {
  private static final String PASSWORD = "hush-hush-hush";

  @TempDir private Path folder;
  private Path views;

  private record Result(int code, List<String> out, List<String> err) {
    List<String> statements() {
      return out.stream()
          .filter(line -> line.contains("run this: "))
          .map(line -> line.replaceFirst(".*run this: (.*);", "$1"))
          .toList();
    }

    List<String> verdicts(String verdict) {
      return out.stream()
          .filter(line -> line.startsWith("  " + verdict + " "))
          .map(line -> line.substring(2).strip().replaceAll("\\s+", " "))
          .toList();
    }
  }

  @BeforeEach
  void folders() throws Exception {
    views = Files.createDirectories(folder.resolve("views"));
    Files.writeString(folder.resolve("password"), PASSWORD);
  }

  private Result explain(MySqlServer server, String database, String... arguments)
      throws Exception {
    Path yaml = folder.resolve("freshet.yaml");
    Files.writeString(
        yaml,
        """
        source:
          port: %d
          user: checked
          password-file: password
          database: %s
        views: {folder: views}
        store: {user: s, password-file: password, database: s}
        kafka: {bootstrap: ""}
        reader: {source-user: looker, source-password-file: password}
        """
            .formatted(server.port(), database));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = new String[arguments.length + 3];
    all[0] = "explain";
    all[1] = "--source";
    all[2] = "--config=" + yaml;
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    System.setProperty(Layout.ROOT, Path.of("../..").toAbsolutePath().normalize().toString());
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all);
    return new Result(code, out.toString().lines().toList(), err.toString().lines().toList());
  }

  private static void accounts(MySqlServer server) throws SQLException {
    root(
        server,
        "CREATE USER 'checked'@'%' IDENTIFIED BY '" + PASSWORD + "'",
        "CREATE USER 'looker'@'%' IDENTIFIED BY '" + PASSWORD + "'");
  }

  private static void root(MySqlServer server, String... statements) throws SQLException {
    try (Connection root = server.connect(MySqlAccount.ROOT, "");
        Statement statement = root.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void declare(String view, String table) throws Exception {
    Files.writeString(
        views.resolve(view + ".sql"),
        """
        CREATE MATERIALIZED TABLE %s (PRIMARY KEY (grp, id) NOT ENFORCED)
        PARTITIONED BY (grp) FRESHNESS = INTERVAL '5' SECOND
        AS SELECT t.grp, t.id FROM %s t
        """
            .formatted(view, table));
  }

  @Test
  void everyPrintedStatementCorrectsItsSetting() throws Exception {
    MySqlServer server =
        LocalServers.newMySql(
            config ->
                config
                    .with("gtid_mode", "OFF")
                    .with("enforce_gtid_consistency", "OFF")
                    .with("binlog_format", "STATEMENT")
                    .with("binlog_row_image", "MINIMAL")
                    .with("binlog_row_metadata", "MINIMAL")
                    .with("binlog_row_value_options", "PARTIAL_JSON")
                    .with("binlog_transaction_compression", "ON")
                    .with("binlog_order_commits", "OFF")
                    .with("binlog_expire_logs_seconds", "3600")
                    .with("max_execution_time", "1000"));
    accounts(server);
    root(
        server,
        "CREATE TABLE sample.parents (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL)",
        "CREATE TABLE sample.`Item` (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL, p INT,"
            + " CONSTRAINT `of` FOREIGN KEY (p) REFERENCES parents (id) ON DELETE CASCADE)",
        "CREATE TABLE sample.isam (id INT NOT NULL PRIMARY KEY, grp INT NOT NULL) ENGINE = MyISAM",
        // What is not seen at all cannot be told from what is not there.
        "GRANT SELECT (id) ON sample.parents TO 'checked'@'%'",
        "GRANT SELECT ON sample.`Item` TO 'checked'@'%'",
        "GRANT SELECT ON sample.isam TO 'checked'@'%'");
    declare("items", "`Item`");
    declare("isams", "isam");

    Result before = explain(server, "sample");

    assertThat(before.code()).isEqualTo(1);
    assertThat(before.out().get(0))
        .isEqualTo("source checked@127.0.0.1:%d/sample, MySQL 8.0.33".formatted(server.port()));
    assertThat(before.verdicts("change"))
        .containsExactly(
            "change gtid_mode OFF",
            "change enforce_gtid_consistency OFF",
            "change binlog_format STATEMENT",
            "change binlog_row_image MINIMAL",
            "change binlog_order_commits OFF",
            "change binlog_row_value_options PARTIAL_JSON",
            "change binlog_transaction_compression ON",
            "change REPLICATION CLIENT missing",
            "change REPLICATION SLAVE missing",
            "change table sample.isam engine MyISAM",
            "change table sample.parents not readable",
            "change table sample.isam of looker@% not readable",
            "change table sample.Item of looker@% not readable");
    assertThat(before.verdicts("better"))
        .containsExactly(
            "better binlog_row_metadata MINIMAL",
            "better binlog_expire_logs_seconds 3600",
            "better max_execution_time 1000");
    assertThat(before.verdicts("ok"))
        .containsExactly(
            "ok log_bin ON",
            "ok server_id 1",
            "ok table sample.Item readable, InnoDB, primary key");
    assertThat(before.verdicts("note"))
        .contains(
            "note lower_case_table_names 0 (views name tables exactly as MySQL spells them)",
            "note time_zone +00:00 (Freshet's own sessions are in UTC, whatever it is)");
    assertThat(before.err())
        .singleElement()
        .asString()
        .contains("13 required settings are missing")
        .contains("let applications reconnect");

    for (String statements : before.statements()) {
      for (String sql : statements.split("; ", -1)) {
        if (!sql.startsWith("wait until ")) {
          root(server, sql);
        }
      }
    }

    Result after = explain(server, "sample");
    assertThat(after.code()).as("%s", after).isZero();
    assertThat(after.err()).isEmpty();
    assertThat(after.statements()).isEmpty();
    assertThat(after.verdicts("ok"))
        .contains(
            "ok binlog_row_metadata FULL",
            "ok gtid_mode ON",
            "ok binlog-do-db none",
            "ok REPLICATION SLAVE granted",
            "ok table sample.Item readable, InnoDB, primary key",
            "ok binlog_expire_logs_seconds 259200 (a job can be stopped for 3.0 days)");
  }

  @Test
  void viewsAndOptionsThatNoStatementChangesAreNamed() throws Exception {
    MySqlServer server =
        LocalServers.newMySql(
            config ->
                config
                    .with("binlog-do-db", "elsewhere")
                    .with("server_id", "0")
                    .with("lower_case_table_names", "1"));
    accounts(server);
    root(
        server,
        "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'checked'@'%'",
        "CREATE TABLE sample.loose (id INT NOT NULL, grp INT NOT NULL)",
        "GRANT SELECT ON sample.loose TO 'checked'@'%'");
    declare("loose_rows", "loose");
    declare("unseen_rows", "unseen");

    Result result = explain(server, "sample");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.verdicts("change"))
        .containsExactly(
            "change binlog-do-db elsewhere",
            "change server_id 0",
            "change View loose_rows: the table 'loose' has neither a primary key nor a UNIQUE key of"
                + " NOT NULL columns (line 3); give it one; without one, rows cannot be identified",
            "change View unseen_rows: the table 'unseen' is not in the database 'sample' (line 3);"
                + " create it, or give the account the right to SELECT from it");
    assertThat(result.verdicts("note"))
        .contains("note lower_case_table_names 1 (views may name tables in any case)");
    assertThat(explain(server, "sample", views.resolve("loose_rows.sql").toString()).err())
        .singleElement()
        .asString()
        .contains("3 required settings are missing");
  }

  @Test
  void aServerIsCheckedBeforeAnyViewIsDeclared() throws Exception {
    MySqlServer server = LocalServers.newMySql();
    accounts(server);
    root(server, "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'checked'@'%'");
    Result result = explain(server, "sample");
    assertThat(result.code()).as("%s", result).isZero();
    assertThat(result.verdicts("change")).isEmpty();
    assertThat(result.verdicts("better")).isEmpty();
  }
}
