package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A table of the source, with all or some of its columns.
 *
 * @param database the table's MySQL schema, as MySQL spells it
 * @param name the table's name, as MySQL spells it; the server decides whether case matters
 * @param columns the columns in the table's order
 * @param primaryKey indexes into {@code columns} of the primary key's columns, in the key's order
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

  /** The index of the column with a name, ignoring case, or −1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(column)) {
        return i;
      }
    }
    return -1;
  }
}
