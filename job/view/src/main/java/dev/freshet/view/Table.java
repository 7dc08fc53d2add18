package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A source table with all or some of its columns.
 *
 * @param database the MySQL schema it lies in, as MySQL spells it
 * @param name its name, as MySQL spells it; letters' case counts or not as the server says
 * @param columns in the table's order
 * @param primaryKey places of the primary key's columns in {@code columns}, in the key's order
 */
public record Table(String database, String name, List<Column> columns, List<Integer> primaryKey)
    implements Serializable {
  public Table {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(name, "name");
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
  }

  /** {@code database.name}, as Flink CDC and messages spell it. */
  public String qualifiedName() {
    return database + "." + name;
  }

  /** The place of a column by its name (case does not matter), or −1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(column)) {
        return i;
      }
    }
    return -1;
  }
}
