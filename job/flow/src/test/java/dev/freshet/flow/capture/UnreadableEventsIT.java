package dev.freshet.flow.capture;

import static dev.freshet.flow.capture.SamplePlan.optional;
import static dev.freshet.flow.capture.SamplePlan.required;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What nobody can read stops the job with the reason, or is the end of the views over its table;
 * what is not captured stops nothing.
 */
class UnreadableEventsIT {
  private SourceDatabase source;
  private JobPlan plan;

  @BeforeEach
  void createTables() throws Exception {
    source = new SourceDatabase();
    source.execute("CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(20), more JSON)");
    source.execute("CREATE TABLE others (id BIGINT PRIMARY KEY, name VARCHAR(20), more JSON)");
    source.execute("INSERT INTO items VALUES (1, 'a', '{\"a\": \"aaaaaaaaaaaaaaaaaaaa\"}')");
    source.execute("INSERT INTO others SELECT * FROM items");
    plan =
        SamplePlan.of(
            source.name(),
            "items",
            required("id", ValueType.INTEGER, "bigint"),
            optional("name", ValueType.STRING, "varchar(20)"));
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aCompressedTransactionStopsIt() throws Exception {
    assertStops(
        List.of("SET SESSION binlog_transaction_compression = ON", "UPDATE items SET name = 'b'"),
        "is a compressed transaction",
        "binlog_transaction_compression=OFF");
  }

  @Test
  void aRowThatLeavesColumnsOutStopsIt() throws Exception {
    assertStops(
        List.of("SET SESSION binlog_row_image = MINIMAL", "UPDATE items SET name = 'b'"),
        source.name() + ".items",
        "binlog_row_image=FULL");
  }

  @Test
  void aPartOfAJsonValueStopsIt() throws Exception {
    assertStops(
        List.of(
            "SET SESSION binlog_row_value_options = PARTIAL_JSON",
            "UPDATE items SET more = JSON_SET(more, '$.a', 'b')"),
        source.name() + ".items",
        "binlog_row_value_options");
  }

  @Test
  void ofAnAlterationThatTheBinlogHasNotOnlyAColumnInUseIsTheEndOfTheView() throws Exception {
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      int before = log.events().size();
      source.execute("SET sql_log_bin = 0");
      source.execute("ALTER TABLE items ADD COLUMN late INT FIRST");
      source.execute("SET sql_log_bin = 1");
      source.execute("INSERT INTO items VALUES (3, 2, 'b', NULL)");
      log.awaitWatermark(source.position());
      assertThat(log.faults()).isEmpty();
      assertThat(log.events()).hasSize(before + 1);

      source.execute("SET sql_log_bin = 0");
      source.execute("ALTER TABLE items MODIFY name BLOB");
      source.execute("SET sql_log_bin = 1");
      long altered = source.position();
      source.execute("INSERT INTO items VALUES (4, 3, 'c', NULL)");
      ViewFault fault = log.awaitFault();
      log.awaitWatermark(source.position());
      assertThat(fault.reason()).isEqualTo(Reason.SCHEMA_CHANGED);
      assertThat(fault.version()).isBetween(altered + 1, source.position());
      assertThat(fault.message())
          .contains(source.name() + ".items", "column 'name' is no longer", "freshet submit");
      assertThat(log.events()).hasSize(before + 1);
    }
  }

  @Test
  void writesThatAreToldAsStatementsAreTheEndOfTheView() throws Exception {
    for (String write :
        List.of(
            "INSERT INTO items (id) VALUES (7)",
            "UPDATE others o JOIN items i ON i.id = o.id SET i.name = 'x'",
            "DELETE FROM items WHERE id = 7")) {
      try (LogProbe log = LogProbe.start(plan, source.options())) {
        log.awaitWatermark(1);
        source.execute("SET SESSION binlog_format = STATEMENT");
        source.execute("UPDATE others SET name = 'harmless'");
        long before = source.position();
        source.execute(write);
        source.execute("SET SESSION binlog_format = ROW");
        ViewFault fault = log.awaitFault();
        log.awaitWatermark(source.position());
        assertThat(fault.reason()).isEqualTo(Reason.UNTOLD_WRITE);
        assertThat(fault.version()).isBetween(before + 1, source.position());
        assertThat(fault.message())
            .contains(source.name() + ".items", write, "binlog_format=ROW", "freshet submit");
        assertThat(log.faults()).hasSize(1);
      }
    }
  }

  @Test
  void columnsThatMysqlComputesAreCounted() throws Exception {
    source.execute(
        "CREATE TABLE computed (id BIGINT PRIMARY KEY, v INT AS (id + 1) VIRTUAL,"
            + " s INT AS (id + 2) STORED, hidden INT INVISIBLE, name VARCHAR(20),"
            + " INDEX ((UPPER(name))))");
    JobPlan computed =
        SamplePlan.of(
            source.name(),
            "computed",
            required("id", ValueType.INTEGER, "bigint"),
            optional("name", ValueType.STRING, "varchar(20)"));
    source.execute("INSERT INTO computed (id, name) VALUES (1, 'a')");
    try (LogProbe log = LogProbe.start(computed, source.options())) {
      log.awaitWatermark(1);
      source.execute("INSERT INTO computed (id, name) VALUES (2, 'b')");
      log.awaitWatermark(source.position());
      assertThat(log.events())
          .extracting(event -> ((Event.RowChange) event).row()[1])
          .containsExactly("a", "b");
    }
  }

  @Test
  void tablesThatAreNotCapturedStopNothing() throws Exception {
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      source.execute("SET SESSION binlog_row_image = MINIMAL");
      source.execute("SET SESSION binlog_row_value_options = PARTIAL_JSON");
      source.execute("UPDATE others SET more = JSON_SET(more, '$.a', 'b')");
      source.execute("SET SESSION binlog_row_image = FULL");
      source.execute("SET SESSION binlog_row_value_options = ''");
      source.execute("UPDATE items SET name = 'b'");
      log.awaitWatermark(source.position());
      assertThat(log.events()).hasSize(2);
    }
  }

  private void assertStops(List<String> statements, String... said) throws Exception {
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      for (String statement : statements) {
        source.execute(statement);
      }
      assertThat(log.awaitFailure())
          .isInstanceOf(SourceFault.class)
          .hasMessageContaining("the event at ")
          .satisfies(e -> assertThat(e.getMessage()).contains(said));
    }
  }
}
