package dev.freshet.store;

import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.CanonicalTexts;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.Names;
import dev.freshet.view.sql.SortKeys;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Builds the SQL for a view's table of entries; each generation of a view has its own table. The
 * methods return the texts of statements, unless they say otherwise; {@code EntryWriter} of the job
 * executes those that write. The table's columns are the view's outputs in their order, then
 * {@value #KEY_GROUP}, the key group of the entry's key, then the {@link CanonicalTexts} of the
 * primary key and the {@link SortKeys} of the view's order.
 */
public final class EntriesTable {
  static final String KEY_GROUP = "_key_group";

  /** Stands between the view's name and the number of the generation in the table's name. */
  static final String GENERATION = "_g";

  /** The end of the name of the index for pages, after the table's name. */
  static final String PAGE = "_page";

  private final ViewPlan plan;
  private final String schema;
  private final int generation;
  private final List<Integer> canonicalTexts;
  private final List<Integer> sortKeys;

  public EntriesTable(ViewPlan plan, String schema, int generation) {
    if (generation < 1) {
      throw new IllegalArgumentException("generation " + generation + " is below 1");
    }
    this.plan = plan;
    this.schema = schema;
    this.generation = generation;
    this.canonicalTexts = CanonicalTexts.of(plan);
    this.sortKeys = SortKeys.of(plan);
  }

  /** Schema and name of the table, quoted. */
  public String table() {
    return StoreTables.table(schema, name());
  }

  /** The table's name, without schema and quotes. */
  public String name() {
    return plan.view() + GENERATION + generation;
  }

  /** Schema and name of the Postgres view that shows the active generation, quoted. */
  public String view() {
    return StoreTables.table(schema, plan.view());
  }

  /**
   * The statements that create the view's tables, index and Postgres view where they are missing,
   * to be executed in this order.
   */
  public List<String> create() {
    List<String> statements = new ArrayList<>();
    statements.add(createTable());
    createIndex().ifPresent(statements::add);
    statements.add(new KeysTable(plan, schema, generation).create());
    statements.add(createView());
    return statements;
  }

  String createTable() {
    return "CREATE TABLE IF NOT EXISTS "
        + table()
        + " (\n  "
        + plan.outputs().stream()
            .map(
                output ->
                    definition(Names.POSTGRES.quoted(output.column().name()), output.column()))
            .collect(Collectors.joining(",\n  "))
        + ",\n  "
        + KEY_GROUP
        + " smallint NOT NULL"
        + canonicalTexts.stream()
            .map(output -> ",\n  " + definition(plan, output))
            .collect(Collectors.joining())
        + sortKeys.stream()
            .map(output -> ",\n  " + SortKeys.PREFIX + output + " bytea" + notNull(output))
            .collect(Collectors.joining())
        + ",\n  PRIMARY KEY ("
        + Names.POSTGRES.keys(plan, "", plan.primaryKey())
        + ")\n)";
  }

  /**
   * The statement that creates the index for reading pages. Empty if the index of the primary key
   * already has the order of the pages.
   */
  Optional<String> createIndex() {
    List<String> parts = new ArrayList<>();
    Set<Integer> indexed = new LinkedHashSet<>(plan.key());
    plan.key().forEach(output -> parts.add(key(output)));
    plan.order().stream()
        .filter(part -> indexed.add(part.output()))
        .forEach(
            part ->
                parts.add(
                    Names.POSTGRES.sorted(plan, "", part.output())
                        + Names.POSTGRES.direction(plan, part)));
    plan.entryKey().stream().filter(indexed::add).forEach(output -> parts.add(key(output)));
    if (parts.equals(plan.primaryKey().stream().map(this::key).toList())) {
      return Optional.empty();
    }
    return Optional.of(
        "CREATE INDEX IF NOT EXISTS "
            + Names.POSTGRES.quoted(name() + PAGE)
            + " ON "
            + table()
            + " ("
            + String.join(", ", parts)
            + ")");
  }

  /**
   * The statement that makes the Postgres view show this generation: the outputs that answers show.
   * Postgres refuses it if these changed.
   */
  String createView() {
    return "CREATE OR REPLACE VIEW "
        + view()
        + " AS SELECT "
        + plan.shown().stream()
            .map(output -> Names.POSTGRES.quoted(output.column().name()))
            .collect(Collectors.joining(", "))
        + " FROM "
        + table();
  }

  /**
   * Inserts an entry, or updates it if it exists.
   *
   * <p>{@link #bindUpsert} binds the parameters. Each parameter occurs once, so that the driver can
   * put many rows into one statement. If it does so ({@code reWriteBatchedInserts}), no primary key
   * may occur twice in a batch.
   */
  public String upsert() {
    Set<Integer> identity = new LinkedHashSet<>(plan.primaryKey());
    canonicalTexts.forEach(identity::remove);
    List<String> sorted = sortKeys.stream().map(output -> SortKeys.PREFIX + output).toList();
    List<String> hidden =
        Stream.concat(canonicalTexts.stream().map(this::key), sorted.stream()).toList();
    String changes =
        Stream.concat(
                indexes().filter(output -> !identity.contains(output)).mapToObj(this::name),
                sorted.stream())
            .map(column -> column + " = EXCLUDED." + column)
            .collect(Collectors.joining(", "));
    return "INSERT INTO "
        + table()
        + " ("
        + outputs("")
        + ", "
        + KEY_GROUP
        + hidden.stream().map(column -> ", " + column).collect(Collectors.joining())
        + ") VALUES ("
        + "?, ".repeat(plan.outputs().size() + hidden.size())
        + "?) ON CONFLICT ("
        + Names.POSTGRES.keys(plan, "", plan.primaryKey())
        + ") DO "
        + (changes.isEmpty() ? "NOTHING" : "UPDATE SET " + changes);
  }

  /**
   * Binds an entry to {@link #upsert}.
   *
   * @param entry the view's outputs in their order
   * @param group the key group of the entry's key
   */
  public void bindUpsert(PreparedStatement statement, Object[] entry, int group)
      throws SQLException {
    int index = 1;
    for (int i = 0; i < entry.length; i++) {
      ValueType type = plan.outputs().get(i).column().type();
      JdbcValues.POSTGRES.bind(statement, index++, type, entry[i]);
    }
    statement.setInt(index++, group);
    for (int output : canonicalTexts) {
      Column column = plan.outputs().get(output).column();
      statement.setString(index++, (String) column.canonical(entry[output]));
    }
    for (int output : sortKeys) {
      byte[] key = SortKeys.key(plan, output, entry[output]);
      JdbcValues.POSTGRES.bind(statement, index++, ValueType.BYTES, key);
    }
  }

  /**
   * Deletes one entry.
   *
   * <p>Parameters: the canonical values of the declared primary key, in its order.
   */
  public String delete() {
    return "DELETE FROM " + table() + " WHERE " + Names.POSTGRES.equal(plan, "", plan.primaryKey());
  }

  /**
   * Deletes all entries of a key.
   *
   * <p>Parameters: the key's canonical values in declared order.
   */
  public String deleteEntries() {
    return "DELETE FROM " + table() + " WHERE " + Names.POSTGRES.equal(plan, "", plan.key());
  }

  /**
   * Selects the root rows of a key's entries.
   *
   * <p>Columns: the root's primary key in its order and canonical form. Parameters: the key's
   * canonical values in declared order.
   */
  public String selectRoots() {
    return "SELECT "
        + Names.POSTGRES.keys(plan, "", plan.rootKey())
        + " FROM "
        + table()
        + " WHERE "
        + Names.POSTGRES.equal(plan, "", plan.key());
  }

  /**
   * Deletes all entries of one root row, of any key, in a range of key groups.
   *
   * <p>Parameters: the root's primary key in its order, the first and the last group.
   */
  public String deleteRoot() {
    return "DELETE FROM "
        + table()
        + " WHERE "
        + Names.POSTGRES.equal(plan, "", plan.rootKey())
        + " AND "
        + KEY_GROUP
        + " BETWEEN ? AND ?";
  }

  /**
   * Deletes the entries of a range of key groups.
   *
   * <p>Parameters: the first and the last group.
   */
  public String deleteGroups() {
    return "DELETE FROM " + table() + " WHERE " + KEY_GROUP + " BETWEEN ? AND ?";
  }

  /** The Postgres type of a column that holds values of this type. */
  public static String type(ValueType type) {
    return switch (type) {
      case INTEGER -> "bigint";
      case DECIMAL -> "numeric";
      case DOUBLE -> "double precision";
      case STRING -> "text COLLATE \"C\"";
      case BYTES -> "bytea";
      case DATE -> "date";
      case TIME -> "interval";
      case DATETIME -> "timestamp(6)";
      case TIMESTAMP -> "timestamptz(6)";
    };
  }

  /** The column by which an output of the primary key is found. */
  static String definition(ViewPlan plan, int output) {
    return definition(Names.POSTGRES.key(plan, "", output), plan.outputs().get(output).column());
  }

  private static String definition(String name, Column column) {
    return name + " " + type(column.type()) + (column.nullable() ? "" : " NOT NULL");
  }

  private String key(int output) {
    return Names.POSTGRES.key(plan, "", output);
  }

  private String notNull(int output) {
    return plan.outputs().get(output).column().nullable() ? "" : " NOT NULL";
  }

  private String name(int output) {
    return Names.POSTGRES.output(plan, "", output);
  }

  private IntStream indexes() {
    return IntStream.range(0, plan.outputs().size());
  }

  private String outputs(String prefix) {
    return indexes()
        .mapToObj(output -> Names.POSTGRES.output(plan, prefix, output))
        .collect(Collectors.joining(", "));
  }
}
