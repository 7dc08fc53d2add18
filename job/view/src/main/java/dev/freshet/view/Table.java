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
 * @param primaryKey indexes into {@code columns} of the primary key's columns, in the key's order;
 *     of those of the first unique key if MySQL's table has no primary key
 * @param uniqueKeys the other keys that identify a row, and the key that stands in for the primary
 *     key
 * @param foreignKeys the foreign keys by which a change of another table changes this table's rows
 */
public record Table(
    String database,
    String name,
    List<Column> columns,
    List<Integer> primaryKey,
    List<UniqueKey> uniqueKeys,
    List<ForeignKey> foreignKeys)
    implements Serializable {
  /**
   * A UNIQUE key over whole columns that are NOT NULL.
   *
   * @param columns indexes into the table's columns, in the key's order
   */
  public record UniqueKey(String name, List<Integer> columns) implements Serializable {
    public UniqueKey {
      columns = List.copyOf(columns);
    }
  }

  public Table {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(name, "name");
    columns = List.copyOf(columns);
    primaryKey = List.copyOf(primaryKey);
    uniqueKeys = List.copyOf(uniqueKeys);
    foreignKeys = List.copyOf(foreignKeys);
  }

  /** Creates a table that has a primary key, but no unique and no foreign keys. */
  public Table(String database, String name, List<Column> columns, List<Integer> primaryKey) {
    this(database, name, columns, primaryKey, List.of(), List.of());
  }

  /** Whether a unique key stands in for a primary key, which MySQL's table does not have. */
  public boolean hasStandIn() {
    return uniqueKeys.stream().anyMatch(key -> key.columns().equals(primaryKey));
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
