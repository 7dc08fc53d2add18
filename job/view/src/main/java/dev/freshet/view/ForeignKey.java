package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A foreign key that acts: InnoDB changes rows of this table when a row of the other table is
 * deleted or moved, and the binlog does not contain these changes.
 *
 * @param name the constraint's name
 * @param columns indexes into this table's columns, in the key's order
 * @param database the other table's MySQL schema
 * @param table the other table
 * @param references the other table's columns, in the order of {@code columns}
 * @param onDelete what happens to this table's rows when the other row is deleted
 * @param onUpdate whether they change when the other row's key changes
 */
public record ForeignKey(
    String name,
    List<Integer> columns,
    String database,
    String table,
    List<String> references,
    OnDelete onDelete,
    boolean onUpdate)
    implements Serializable {
  /** What a foreign key does when the row that it references is deleted. */
  public enum OnDelete {
    /** MySQL refuses to delete the row. */
    RESTRICT,
    /** The referencing rows are deleted. */
    CASCADE,
    /** The columns of the key become NULL. */
    SET_NULL
  }

  public ForeignKey {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(onDelete, "onDelete");
    columns = List.copyOf(columns);
    references = List.copyOf(references);
  }
}
