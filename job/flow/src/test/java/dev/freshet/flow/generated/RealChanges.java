package dev.freshet.flow.generated;

import dev.freshet.flow.generated.RealTables.Column;
import dev.freshet.flow.generated.RealTables.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Writes rows and transactions over the tables of a query. */
final class RealChanges {
  /** How often a statement is made anew that violates a unique or foreign key. */
  private static final int ATTEMPTS = 6;

  private final Random random;
  private final RealTables tables;
  private final RandomValues values;
  private int transactions;
  private int refused;

  RealChanges(Random random, RealTables tables) {
    this.random = random;
    this.tables = tables;
    this.values = new RandomValues(random, tables);
  }

  /** How many transactions were committed. */
  int transactions() {
    return transactions;
  }

  /** How many statements MySQL refused because of a key. */
  int refused() {
    return refused;
  }

  /** Whether a deletion changes rows that MySQL does not log. */
  boolean haveForeignKeys() {
    return tables.haveForeignKeys();
  }

  /** Writes rows to begin with, in one transaction. */
  void fill(Connection mysql, int perTable) throws SQLException {
    mysql.setAutoCommit(false);
    for (int i = 0; i < perTable; i++) {
      for (Table table : tables.tables()) {
        attempt(mysql, () -> insert("INSERT INTO ", table));
      }
    }
    mysql.commit();
    mysql.setAutoCommit(true);
  }

  /** Runs one transaction of one to five statements; one in eight is rolled back. */
  void transact(Connection mysql) throws SQLException {
    mysql.setAutoCommit(false);
    for (int i = random.nextInt(5); i >= 0; i--) {
      attempt(mysql, this::statement);
    }
    if (random.nextInt(8) == 0) {
      mysql.rollback();
    } else {
      mysql.commit();
      transactions++;
    }
    mysql.setAutoCommit(true);
  }

  private void attempt(Connection mysql, Supplier<String> statements) throws SQLException {
    for (int i = 0; i < ATTEMPTS; i++) {
      String sql = statements.get();
      try (Statement statement = mysql.createStatement()) {
        statement.setEscapeProcessing(false);
        statement.execute(sql);
        return;
      } catch (SQLIntegrityConstraintViolationException e) {
        refused++;
      } catch (SQLException e) {
        throw new SQLException(sql + ": " + e.getMessage(), e);
      }
    }
  }

  private String statement() {
    Table table = pick(tables.tables());
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> insert("INSERT INTO ", table);
      case 4 -> insert("REPLACE INTO ", table);
      case 5 -> "DELETE FROM " + table.name() + rows(table);
      case 6 -> update(table, table.key());
      default -> update(table, table.columns());
    };
  }

  private String insert(String verb, Table table) {
    return verb
        + table.name()
        + " ("
        + table.columns().stream().map(Column::name).collect(Collectors.joining(", "))
        + ") VALUES ("
        + table.columns().stream().map(values::of).collect(Collectors.joining(", "))
        + ")";
  }

  /** Sets up to three of some columns. */
  private String update(Table table, List<Column> columns) {
    List<Column> free = new ArrayList<>(columns);
    free.removeIf(tables::isFixed);
    if (free.isEmpty()) {
      return insert("REPLACE INTO ", table);
    }
    Collections.shuffle(free, random);
    return "UPDATE "
        + table.name()
        + " SET "
        + free.stream()
            .limit(1 + random.nextInt(3))
            .map(column -> column.name() + " = " + values.of(column))
            .collect(Collectors.joining(", "))
        + rows(table);
  }

  /** One row, or rarely a few, behind a place by chance. */
  private String rows(Table table) {
    Column first = table.key().get(0);
    return " WHERE "
        + first.name()
        + " >= "
        + values.of(first)
        + " ORDER BY "
        + table.key().stream().map(Column::name).collect(Collectors.joining(", "))
        + " LIMIT "
        + (random.nextInt(6) == 0 ? 3 : 1);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
