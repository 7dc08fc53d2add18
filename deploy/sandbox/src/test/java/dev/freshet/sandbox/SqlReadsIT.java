package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.view.Column;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.form.TextForm;
import dev.freshet.view.sql.JdbcValues;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * SQL clients that read by a view's function get the reader's answers, with the reader's rights.
 */
@Tag(SharedSystem.TAG)
class SqlReadsIT {
  private static final int KEYS = 4;
  private static final int LIMIT = 1000;

  @Test
  void theFunctionOfEachViewReturnsTheReadersAnswer() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement owner = sides.store().createStatement();
        Connection reader = reader()) {
      sides.awaitApplied(sides.position());
      int compared = 0;
      for (ViewPlan plan : plans(owner)) {
        for (List<String> key : keys(owner, plan)) {
          JsonNode answer = sides.ask(plan.view(), String.join("/", key), LIMIT);
          assertThat(answer.path("source").asText()).as("%s", answer).isEqualTo("projection");
          assertThat(answer.path("next_cursor").isNull()).as("the page has all entries").isTrue();
          List<List<String>> items = new ArrayList<>();
          for (JsonNode item : answer.path("items")) {
            items.add(
                entryColumns(plan).stream()
                    .map(column -> item.required(column.name()))
                    .map(value -> value.isNull() ? "NULL" : value.asText())
                    .toList());
          }
          assertThat(call(reader, plan, key)).as("%s %s", plan.view(), key).isEqualTo(items);
          compared += items.size();
        }
      }
      assertThat(compared).isGreaterThan(100);
    }
  }

  @Test
  void anInvalidKeyIsRefusedAndComesBack() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement();
        Connection reader = reader();
        PreparedStatement read =
            reader.prepareStatement("SELECT * FROM freshet.photos_by_gender_read(?)")) {
      String photo = text(source, "SELECT MIN(id) FROM photos");
      String title = text(source, "SELECT title FROM photos WHERE id = " + photo);
      read.setString(
          1,
          text(
              source,
              "SELECT gender FROM photos p JOIN users2 u ON u.id = p.user_id WHERE p.id = "
                  + photo));
      try {
        source.executeUpdate(
            "UPDATE photos SET title = CONCAT('a', CHAR(0 USING utf8mb4)) WHERE id = " + photo);
        sides.awaitApplied(sides.position());
        assertThatThrownBy(read::executeQuery)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("ZF003"))
            .hasMessageContaining("View photos_by_gender: the key is INVALID (unstorable-value)")
            .hasMessageContaining("ask the reader");
      } finally {
        source.executeUpdate("UPDATE photos SET title = '" + title + "' WHERE id = " + photo);
      }
      assertThat(Launcher.await(Duration.ofSeconds(60), () -> isServed(read))).isTrue();
    }
  }

  private static boolean isServed(PreparedStatement read) {
    try (ResultSet row = read.executeQuery()) {
      return row.next();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("ZF003");
      return false;
    }
  }

  private static Connection reader() throws Exception {
    SharedSystem.endpoints();
    Config config = ConfigReader.read(SharedSystem.launcher().layout().configuration(), Map.of());
    Config.Account account = config.reader().store();
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s"
            .formatted(config.store().host(), config.store().port(), config.store().database()),
        account.user(),
        account.password().reveal());
  }

  private static List<ViewPlan> plans(Statement store) throws Exception {
    List<ViewPlan> plans = new ArrayList<>();
    try (ResultSet row =
        store.executeQuery("SELECT declaration, tables FROM catalogue WHERE active")) {
      while (row.next()) {
        plans.add(Planner.plan(row.getString(1), CatalogueJson.read(row.getString(2))));
      }
    }
    assertThat(plans).hasSize(5);
    return plans;
  }

  /** The keys with the longest answers that fit a page, and a key without entries. */
  private static List<List<String>> keys(Statement store, ViewPlan plan) throws SQLException {
    String columns =
        plan.keyColumnList().stream()
            .map(column -> '"' + column.name() + '"')
            .collect(Collectors.joining(", "));
    List<List<String>> keys = new ArrayList<>();
    try (ResultSet row =
        store.executeQuery(
            "SELECT %1$s FROM %2$s GROUP BY %1$s HAVING count(*) <= %3$d ORDER BY count(*) DESC LIMIT %4$d"
                .formatted(columns, plan.view(), LIMIT, KEYS))) {
      while (row.next()) {
        List<String> key = new ArrayList<>();
        for (int i = 1; i <= plan.keyColumns(); i++) {
          key.add(row.getString(i));
        }
        keys.add(key);
      }
    }
    keys.add(Collections.nCopies(plan.keyColumns(), "0"));
    return keys;
  }

  /** The entries that the function returns, in the form of answers. */
  private static List<List<String>> call(Connection reader, ViewPlan plan, List<String> key)
      throws Exception {
    String parameters = String.join(", ", Collections.nCopies(key.size(), "?"));
    List<List<String>> rows = new ArrayList<>();
    try (PreparedStatement statement =
        reader.prepareStatement(
            "SELECT * FROM freshet." + plan.view() + "_read(" + parameters + ")")) {
      for (int i = 0; i < key.size(); i++) {
        Column column = plan.keyColumnList().get(i);
        JdbcValues.POSTGRES.bind(
            statement, i + 1, column.type(), TextForm.parseKey(column, key.get(i)));
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          assertThat(row.getString("version")).startsWith("binlog.");
          assertThat(row.getString("state")).isEqualTo("VALID");
          assertThat(row.getObject("as_of", OffsetDateTime.class).toInstant())
              .isAfter(Instant.now().minusSeconds(60));
          List<String> values = new ArrayList<>();
          for (Column column : entryColumns(plan)) {
            Object value = JdbcValues.POSTGRES.read(row, row.findColumn(column.name()), column);
            values.add(value == null ? "NULL" : TextForm.print(column, value));
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  /** The columns of an answer's items, which do not repeat the key. */
  private static List<Column> entryColumns(ViewPlan plan) {
    return plan.shown().stream()
        .map(ViewPlan.Output::column)
        .filter(column -> !plan.keyColumnList().contains(column))
        .toList();
  }

  private static String text(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).as(sql).isTrue();
      return row.getString(1);
    }
  }
}
