package dev.freshet.view.declare;

import java.util.Objects;

/**
 * A table as a view names it.
 *
 * @param database empty when the view does not say
 * @param line where it stands in the text
 */
public record TableName(String database, String name, int line) {
  public TableName {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(name, "name");
  }

  /** The database it lies in, given the one that unqualified names mean. */
  public String databaseOr(String otherwise) {
    return database.isEmpty() ? otherwise : database;
  }
}
