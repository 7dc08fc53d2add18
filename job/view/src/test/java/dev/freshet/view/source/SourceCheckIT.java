package dev.freshet.view.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.MySqlAccount;
import dev.freshet.view.Source;
import dev.freshet.view.Table;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SourceCheckIT {
  private static Source source;

  @BeforeAll
  static void createTables() throws Exception {
    source = Source.create("source_check");
    source.execute(
        """
        CREATE TABLE good (id INT NOT NULL PRIMARY KEY);
        CREATE TABLE loose (id INT NOT NULL);
        CREATE TABLE old (id INT NOT NULL PRIMARY KEY) ENGINE = MyISAM
        """);
  }

  @AfterAll
  static void close() throws Exception {
    source.close();
  }

  private static Table table(String name, Integer... primaryKey) {
    return new Table("source_check", name, List.of(), List.of(primaryKey));
  }

  private static List<String> problems(MySqlAccount account, Table... tables) throws Exception {
    try (Connection connection = source.connect(account)) {
      return SourceCheck.problems(connection, List.of(tables));
    }
  }

  @Test
  void acceptsARightlyConfiguredServer() throws Exception {
    assertThat(problems(MySqlAccount.JOB, table("good", 0))).isEmpty();
  }

  @Test
  void refusesTablesWhoseChangesAreNotAllLogged() throws Exception {
    assertThat(problems(MySqlAccount.JOB, table("loose"), table("old", 0)))
        .containsExactly(
            "Table source_check.loose has neither a primary key nor a UNIQUE key of NOT NULL columns;"
                + " give it one, without one rows cannot be identified",
            "Table source_check.old is of the engine MyISAM, which has no transactions; convert it to"
                + " InnoDB");
  }

  @Test
  void namesTheRightsThatAreMissing() throws Exception {
    assertThat(problems(MySqlAccount.READER, table("good", 0)))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("MySQL account freshet_reader@"))
        .satisfies(
            lines -> {
              assertThat(lines.get(0))
                  .endsWith(" lacks REPLICATION CLIENT; GRANT REPLICATION CLIENT ON *.* to it");
              assertThat(lines.get(1))
                  .endsWith(" lacks REPLICATION SLAVE; GRANT REPLICATION SLAVE ON *.* to it");
            });
    assertThat(problems(MySqlAccount.JOB, new Table("mysql", "user", List.of(), List.of(0))))
        .singleElement()
        .asString()
        .endsWith(" may not read table mysql.user; GRANT SELECT ON `mysql`.`user` to it");
  }

  @Test
  void refusesSettingsThatLoseChanges() throws Exception {
    wrong("binlog_format", "'STATEMENT'", "'ROW'", "is STATEMENT; set binlog_format=ROW");
    wrong("binlog_row_image", "'MINIMAL'", "'FULL'", "is MINIMAL; set binlog_row_image=FULL");
    wrong(
        "binlog_row_value_options",
        "'PARTIAL_JSON'",
        "''",
        "is PARTIAL_JSON; set binlog_row_value_options=''");
    wrong(
        "binlog_transaction_compression",
        "ON",
        "OFF",
        "is ON; set binlog_transaction_compression=OFF");
    wrong("binlog_order_commits", "OFF", "ON", "is OFF; set binlog_order_commits=ON");
    wrong(
        "gtid_mode",
        "ON_PERMISSIVE",
        "ON",
        "is ON_PERMISSIVE; set gtid_mode=ON and enforce_gtid_consistency=ON");
  }

  @Test
  void acceptsMinimalMetadataAndAdvisesFull() throws Exception {
    source.execute("SET GLOBAL binlog_row_metadata = 'MINIMAL'");
    try (Connection connection = source.connect(MySqlAccount.JOB)) {
      List<Table> tables = List.of(table("good", 0));
      assertThat(SourceCheck.problems(connection, tables)).isEmpty();
      assertThat(SourceCheck.findings(connection, tables))
          .filteredOn(finding -> finding.weight() == SourceFinding.Weight.ADVISED)
          .singleElement()
          .satisfies(
              finding -> {
                assertThat(finding.problem())
                    .startsWith(
                        "MySQL setting binlog_row_metadata is MINIMAL; set binlog_row_metadata=FULL:")
                    .contains("columns that a view does not use");
                assertThat(finding.change()).isEqualTo("SET PERSIST binlog_row_metadata = FULL");
              });
    } finally {
      source.execute("SET GLOBAL binlog_row_metadata = 'FULL'");
    }
  }

  private static void wrong(String setting, String value, String right, String message)
      throws Exception {
    source.execute("SET GLOBAL " + setting + " = " + value);
    try {
      assertThat(problems(MySqlAccount.JOB, table("good", 0)))
          .containsExactly("MySQL setting " + setting + " " + message);
    } finally {
      source.execute("SET GLOBAL " + setting + " = " + right);
    }
  }
}
