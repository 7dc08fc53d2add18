package dev.freshet.store;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.Names;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Builds the SQL for a view's table of key headers; each generation of a view has its own table.
 * The methods return the texts of statements, unless they say otherwise. The table has a row for
 * each key that is not valid. For a view that is populated on read it has a row for each populated
 * key.
 *
 * <p>Columns: the key's columns in declared order, a text in its canonical form; {@code reason}, a
 * wire name of {@link dev.freshet.view.Reason}, NULL where the key is valid; {@code version}, the
 * watermark since which the reason holds; and the key group.
 */
public final class KeysTable {
  /** The end of the table's name, after the name of the table of entries. */
  static final String SUFFIX = "_keys";

  /** The columns after those of the key, with their definitions, in their order. */
  static final List<OwnColumn> OWN_COLUMNS =
      List.of(
          new OwnColumn("reason", "text"),
          new OwnColumn("version", "bigint NOT NULL"),
          new OwnColumn(EntriesTable.KEY_GROUP, "smallint NOT NULL"));

  /** A column that is not the view's. */
  record OwnColumn(String name, String definition) {}

  private final ViewPlan plan;
  private final String table;
  private final String key;

  public KeysTable(ViewPlan plan, String schema, int generation) {
    this.plan = plan;
    this.table =
        StoreTables.table(schema, new EntriesTable(plan, schema, generation).name() + SUFFIX);
    this.key = Names.POSTGRES.keys(plan, "", plan.key());
  }

  /** Schema and name of the table, quoted. */
  public String table() {
    return table;
  }

  String create() {
    return "CREATE TABLE IF NOT EXISTS "
        + table
        + " (\n  "
        + plan.key().stream()
            .map(output -> EntriesTable.definition(plan, output))
            .collect(Collectors.joining(",\n  "))
        + OWN_COLUMNS.stream()
            .map(column -> ",\n  " + column.name() + " " + column.definition())
            .collect(Collectors.joining())
        + ",\n  PRIMARY KEY ("
        + key
        + ")\n)";
  }

  /**
   * Inserts or updates the header of a key that is invalid or populated on read.
   *
   * <p>Parameters: the key's values in declared order, reason or NULL, version, key group.
   */
  public String upsert() {
    return "INSERT INTO "
        + table
        + " ("
        + key
        + ", reason, version, "
        + EntriesTable.KEY_GROUP
        + ") VALUES ("
        + "?, ".repeat(plan.keyColumns())
        + "?, ?, ?) ON CONFLICT ("
        + key
        + ") DO UPDATE SET reason = EXCLUDED.reason, version = EXCLUDED.version";
  }

  /**
   * Deletes the header of a key that became valid, or, in a view that is populated on read, of a
   * key that leaves the store.
   *
   * <p>Parameters: the key's values in declared order.
   */
  public String delete() {
    return "DELETE FROM " + table + " WHERE " + Names.POSTGRES.equal(plan, "", plan.key());
  }

  /**
   * Selects the headers of a range of key groups.
   *
   * <p>Columns: the key's values in declared order, {@code reason}. Parameters: the first and the
   * last group.
   */
  public String select() {
    return "SELECT "
        + key
        + ", reason FROM "
        + table
        + " WHERE "
        + EntriesTable.KEY_GROUP
        + " BETWEEN ? AND ?";
  }

  /**
   * Deletes the headers of a range of key groups.
   *
   * <p>Parameters: the first and the last group.
   */
  public String deleteGroups() {
    return "DELETE FROM " + table + " WHERE " + EntriesTable.KEY_GROUP + " BETWEEN ? AND ?";
  }
}
