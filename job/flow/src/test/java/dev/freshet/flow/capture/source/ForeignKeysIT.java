package dev.freshet.flow.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What foreign keys do and the job cannot follow is the end of the views concerned, and no others.
 */
class ForeignKeysIT {
  private static final String VIEW =
      "CREATE MATERIALIZED TABLE v_%1$s (PRIMARY KEY (owner, id) NOT ENFORCED) PARTITIONED BY"
          + " (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND"
          + " AS SELECT owner, id FROM %1$s";

  private static MiniFlink flink;

  @TempDir private Path folder;

  private enum Case {
    MOVED("ON UPDATE CASCADE", "UPDATE %1$s_owners SET id = 7 WHERE id = 1"),
    MOVED_WITHOUT_CHECKS(
        "ON UPDATE CASCADE",
        "SET foreign_key_checks = 0",
        "UPDATE %1$s_owners SET id = 7 WHERE id = 1",
        "SET foreign_key_checks = 1"),
    CHANGED_ELSEWHERE("ON UPDATE CASCADE", "UPDATE %1$s_owners SET name = 'new'"),
    DROPPED("ON DELETE CASCADE", "ALTER TABLE %1$s DROP FOREIGN KEY fk_%1$s"),
    DROPPED_BY_CONSTRAINT("ON DELETE SET NULL", "ALTER TABLE %1$s DROP CONSTRAINT fk_%1$s"),
    OTHER_INDEX_DROPPED("ON DELETE CASCADE", "ALTER TABLE %1$s DROP INDEX other");

    private final String action;

    /** One statement a line. */
    private final String statements;

    Case(String action, String... statements) {
      this.action = action;
      this.statements = String.join("\n", statements);
    }

    String table() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    flink = new MiniFlink(2);
  }

  @AfterAll
  static void stop() {
    flink.close();
  }

  @Test
  void theEndOfViewsIsSaid() throws Exception {
    try (JobUnderTest job = new JobUnderTest("foreign_keys_" + System.nanoTime());
        Statement source = job.source().createStatement()) {
      List<String> views = new ArrayList<>();
      for (Case each : Case.values()) {
        String table = each.table();
        source.execute(
            "CREATE TABLE %s_owners (id INT PRIMARY KEY, name VARCHAR(9))".formatted(table));
        source.execute(
            ("CREATE TABLE %1$s (id INT PRIMARY KEY, owner INT, KEY other (id, owner),"
                    + " CONSTRAINT fk_%1$s FOREIGN KEY (owner) REFERENCES %1$s_owners (id) %2$s)")
                .formatted(table, each.action));
        source.execute("INSERT INTO %s_owners VALUES (1, 'a'), (2, 'b')".formatted(table));
        source.execute("INSERT INTO %s VALUES (1, 1), (2, 2)".formatted(table));
        views.add(VIEW.formatted(table));
      }
      job.start(folder, views, 1, 1000);
      job.awaitProgress();
      for (Case each : Case.values()) {
        for (String statement : each.statements.lines().toList()) {
          source.execute(statement.formatted(each.table()));
        }
      }
      source.execute("INSERT INTO changed_elsewhere VALUES (3, 1)");
      job.awaitProgress();

      assertThat(faults(job))
          .satisfiesExactlyInAnyOrder(
              moved -> assertThat(moved).contains("v_moved ", "fk_moved", "untold-write"),
              dropped -> assertThat(dropped).contains("v_dropped ", "schema-changed"),
              dropped -> assertThat(dropped).contains("v_dropped_by_constraint ", "relies on"));
    }
  }

  private static List<String> faults(JobUnderTest job) throws Exception {
    List<String> faults = new ArrayList<>();
    try (Statement store = job.store().createStatement();
        ResultSet rows =
            store.executeQuery(
                "SELECT view, reason, message FROM \"%s\".faults".formatted(job.name()))) {
      while (rows.next()) {
        faults.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3));
      }
    }
    return faults;
  }
}
