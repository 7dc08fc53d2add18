package dev.freshet.view.declare;

import java.util.Objects;

/**
 * The name of a table in a view's text.
 *
 * @param database the database; empty if the name is not qualified
 * @param line the line of the text, from 1
 */
public record TableName(String database, String name, int line) {
  public TableName {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(name, "name");
  }

  /** Whether both name the same table, on whatever line. */
  boolean isSameAs(TableName other) {
    return database.equals(other.database) && name.equals(other.name);
  }

  /** The table's database, or {@code otherwise} if the name is not qualified. */
  public String databaseOr(String otherwise) {
    return database.isEmpty() ? otherwise : database;
  }
}
