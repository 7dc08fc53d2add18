package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.view.TestSize;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** MySQL's sample database: every table changes at random, and three views stay right. */
@Tag(SharedSystem.TAG)
class SakilaIT {
  private static final int ROUNDS = FULL ? 20 : 3;
  private static final int TRANSACTIONS = 500;
  private static final int LIMIT = 1_000;
  private static final List<String> TABLES =
      List.of(
          "actor",
          "address",
          "city",
          "customer",
          "film",
          "film_actor",
          "inventory",
          "language",
          "payment",
          "rental",
          "staff",
          "store");

  @Test
  void threeViewsEqualMysqlAfterRandomChangesOfEveryTable() throws Exception {
    long seed = TestSize.seed();
    System.out.println("seed " + seed);
    Path folder = Path.of("../../sql/views");
    List<DeclaredView> views =
        List.of(
            DeclaredView.read(folder, "rentals_of_customer"),
            DeclaredView.read(folder, "payments_of_store"),
            DeclaredView.read(folder, "films_of_actor"));
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Connection writes = SharedSystem.endpoints().source()) {
      RandomChanges changes = new RandomChanges(writes, TABLES, new Random(seed));
      Map<String, Integer> most = new TreeMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < TRANSACTIONS; i++) {
          if (i == TRANSACTIONS - 50) {
            compare(sides, views, seed, most);
            changes.reconnect();
          }
          changes.transaction();
        }
        compare(sides, views, seed, most);
      }
      System.out.println(changes.effects());
      // Random changes may leave few rows; a view without any would be compared in vain.
      assertThat(most).hasSize(3).allSatisfy((view, rows) -> assertThat(rows).isGreaterThan(10));
      for (String table : TABLES) {
        for (RandomChanges.Kind kind : RandomChanges.Kind.values()) {
          if (changes.isPossible(table, kind)) {
            assertThat(changes.effects().getOrDefault(table + " " + kind, 0))
                .as("rows of %s by %s, seed %d", table, kind, seed)
                .isPositive();
          }
        }
      }
    }
  }

  private static void compare(
      Sides sides, List<DeclaredView> views, long seed, Map<String, Integer> most)
      throws Exception {
    sides.awaitApplied(sides.position());
    for (DeclaredView view : views) {
      int rows = compareRows(sides, view, seed);
      int keys = compareAnswers(sides, view, seed);
      System.out.printf("%s: %d rows, %d keys equal%n", view.name(), rows, keys);
      most.merge(view.name(), rows, Math::max);
    }
  }

  /** All rows of all keys. */
  private static int compareRows(Sides sides, DeclaredView view, long seed) throws SQLException {
    List<String> expected = rows(sides.source(), view.query());
    List<String> actual = rows(sides.store(), "SELECT * FROM " + view.name());
    Collections.sort(expected);
    Collections.sort(actual);
    assertThat(actual).as("%s, seed %d", view.name(), seed).isEqualTo(expected);
    return expected.size();
  }

  /** The first page of every key as the reader gives it: the same rows in the same order. */
  private static int compareAnswers(Sides sides, DeclaredView view, long seed) throws Exception {
    Map<String, List<String>> expected = new LinkedHashMap<>();
    String key = view.primaryKey().get(0);
    String entry = view.primaryKey().get(1);
    try (Statement statement = sides.source().createStatement();
        ResultSet rows = statement.executeQuery(view.query())) {
      while (rows.next()) {
        expected
            .computeIfAbsent(rows.getString(key), any -> new ArrayList<>())
            .add(rows.getString(entry));
      }
    }
    for (Map.Entry<String, List<String>> each : expected.entrySet()) {
      JsonNode answer = sides.ask(view.name(), each.getKey(), LIMIT);
      List<String> actual = new ArrayList<>();
      answer.path("items").forEach(item -> actual.add(item.path(entry).asText()));
      assertThat(answer.path("source").asText()).isEqualTo("projection");
      assertThat(actual)
          .as("%s of %s, seed %d", view.name(), each.getKey(), seed)
          .isEqualTo(each.getValue().subList(0, Math.min(LIMIT, each.getValue().size())));
    }
    return expected.size();
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      ResultSetMetaData columns = result.getMetaData();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          row.add(columns.getColumnLabel(i) + "=" + value(result, i));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  /** The same text for the same value from either server. */
  private static String value(ResultSet row, int column) throws SQLException {
    String type = row.getMetaData().getColumnTypeName(column);
    Object value =
        switch (type) {
          case "DATETIME", "timestamp" -> row.getObject(column, LocalDateTime.class);
          case "TIMESTAMP", "timestamptz" -> {
            OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
            yield time == null ? null : time.toInstant();
          }
          case "YEAR" ->
              row.getString(column) == null ? null : row.getString(column).substring(0, 4);
          default -> row.getString(column);
        };
    return String.valueOf(value);
  }
}
