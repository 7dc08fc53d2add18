package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A view's table of entries in the store, one per generation, and the statements on it. Entries
 * have the view's outputs as columns, in their order, and {@value #KEY_GROUP}.
 */
public final class PostgresTables {
  /** The entry's key group, for whoever deals with a range of them. */
  public static final String KEY_GROUP = "_key_group";

  /** The total is counted no further than to here. */
  public static final int TOTAL_CAP = 1001;

  private final ViewPlan plan;
  private final String schema;
  private final int generation;

  public PostgresTables(ViewPlan plan, String schema, int generation) {
    if (generation < 1) {
      throw new IllegalArgumentException("generation " + generation + " is below 1");
    }
    this.plan = plan;
    this.schema = schema;
    this.generation = generation;
  }

  /** Schema and name of the table, quoted. */
  public String table() {
    return qualified(plan.view() + "_g" + generation);
  }

  /** Schema and name of the plain view that follows the active generation, quoted. */
  public String view() {
    return qualified(plan.view());
  }

  /** Creates all that a view has in the store, where it is not there; in this order. */
  public List<String> create() {
    List<String> statements = new ArrayList<>();
    statements.add(createTable());
    createIndex().ifPresent(statements::add);
    statements.add(createKeys());
    statements.add(createView());
    return statements;
  }

  String createTable() {
    return "CREATE TABLE IF NOT EXISTS "
        + table()
        + " (\n  "
        + plan.outputs().stream()
            .map(output -> definition(output.column()))
            .collect(Collectors.joining(",\n  "))
        + ",\n  "
        + KEY_GROUP
        + " smallint NOT NULL,\n  PRIMARY KEY ("
        + Names.POSTGRES.list(plan, "", plan.primaryKey())
        + ")\n)";
  }

  /**
   * Creates the index that pages are read from, if it is not there. None is needed where the
   * primary key lies in the order of the pages.
   */
  Optional<String> createIndex() {
    List<String> parts = new ArrayList<>();
    Set<Integer> indexed = new LinkedHashSet<>(plan.key());
    plan.key().forEach(place -> parts.add(name(place)));
    plan.order().stream()
        .filter(part -> indexed.add(part.output()))
        .forEach(part -> parts.add(name(part.output()) + (part.descending() ? " DESC" : "")));
    plan.entryKey().stream().filter(indexed::add).forEach(place -> parts.add(name(place)));
    if (parts.equals(plan.primaryKey().stream().map(this::name).toList())) {
      return Optional.empty();
    }
    return Optional.of(
        "CREATE INDEX IF NOT EXISTS "
            + Names.POSTGRES.quoted(plan.view() + "_g" + generation + "_page")
            + " ON "
            + table()
            + " ("
            + String.join(", ", parts)
            + ")");
  }

  /**
   * Lets the plain view follow this generation. Where the outputs changed since the last one,
   * Postgres refuses; then {@link #dropView} comes first, in the same transaction.
   */
  String createView() {
    return "CREATE OR REPLACE VIEW " + view() + " AS SELECT " + outputs("") + " FROM " + table();
  }

  /**
   * Schema and name of the table of keys, quoted: of those that are not valid, and of a view that
   * is populated on read of all that the store has.
   */
  public String keys() {
    return qualified(plan.view() + "_g" + generation + "_keys");
  }

  /**
   * Creates the table of keys, if it is not there: the key's columns, {@code reason} (see {@link
   * dev.freshet.view.Reason}; NULL where the key is valid), and {@code version}, the watermark from
   * which on it is so.
   */
  String createKeys() {
    return "CREATE TABLE IF NOT EXISTS "
        + keys()
        + " (\n  "
        + plan.key().stream()
            .map(place -> definition(plan.outputs().get(place).column()))
            .collect(Collectors.joining(",\n  "))
        + ",\n  reason text,\n  version bigint NOT NULL,\n  "
        + KEY_GROUP
        + " smallint NOT NULL,\n  PRIMARY KEY ("
        + Names.POSTGRES.list(plan, "", plan.key())
        + ")\n)";
  }

  /**
   * Notes that a key is not valid, or that one populated on read is there.
   *
   * <p>Parameters: the key's values in declared order, reason or NULL, version, key group.
   */
  public String upsertKey() {
    String key = Names.POSTGRES.list(plan, "", plan.key());
    return "INSERT INTO "
        + keys()
        + " ("
        + key
        + ", reason, version, "
        + KEY_GROUP
        + ") VALUES ("
        + "?, ".repeat(plan.keyColumns())
        + "?, ?, ?) ON CONFLICT ("
        + key
        + ") DO UPDATE SET reason = EXCLUDED.reason, version = EXCLUDED.version";
  }

  /**
   * Notes that a key is valid, or that one populated on read is there no longer.
   *
   * <p>Parameters: the key's values in declared order.
   */
  public String deleteKey() {
    return "DELETE FROM " + keys() + " WHERE " + Names.POSTGRES.equal(plan, "", plan.key());
  }

  /**
   * What is noted of the keys of a range of key groups.
   *
   * <p>Columns: the key's values in declared order, {@code reason}. Parameters: the first and the
   * last group.
   */
  public String selectKeys() {
    return "SELECT "
        + Names.POSTGRES.list(plan, "", plan.key())
        + ", reason FROM "
        + keys()
        + " WHERE "
        + KEY_GROUP
        + " BETWEEN ? AND ?";
  }

  /**
   * Forgets what is noted of the keys of a range of key groups.
   *
   * <p>Parameters: the first and the last group.
   */
  public String deleteKeyGroups() {
    return "DELETE FROM " + keys() + " WHERE " + KEY_GROUP + " BETWEEN ? AND ?";
  }

  public String dropView() {
    return "DROP VIEW IF EXISTS " + view();
  }

  public String dropTable() {
    return "DROP TABLE IF EXISTS " + table();
  }

  /**
   * Writes one entry, be it new or not.
   *
   * <p>Parameters: the outputs in their order, then the key group. They have a place each, so that
   * the driver may put many rows into one statement; if it does ({@code reWriteBatchedInserts}), no
   * primary key may occur twice in a batch.
   */
  public String upsert() {
    Set<Integer> identity = new LinkedHashSet<>(plan.primaryKey());
    String changes =
        places()
            .filter(place -> !identity.contains(place))
            .mapToObj(place -> name(place) + " = EXCLUDED." + name(place))
            .collect(Collectors.joining(", "));
    return "INSERT INTO "
        + table()
        + " ("
        + outputs("")
        + ", "
        + KEY_GROUP
        + ") VALUES ("
        + "?, ".repeat(plan.outputs().size())
        + "?) ON CONFLICT ("
        + Names.POSTGRES.list(plan, "", plan.primaryKey())
        + ") DO "
        + (changes.isEmpty() ? "NOTHING" : "UPDATE SET " + changes);
  }

  /**
   * Deletes one entry.
   *
   * <p>Parameters: the declared primary key's values in its order.
   */
  public String delete() {
    return "DELETE FROM " + table() + " WHERE " + Names.POSTGRES.equal(plan, "", plan.primaryKey());
  }

  /**
   * Deletes all entries of a key.
   *
   * <p>Parameters: the key's values in declared order.
   */
  public String deleteEntries() {
    return "DELETE FROM " + table() + " WHERE " + Names.POSTGRES.equal(plan, "", plan.key());
  }

  /**
   * The root rows that a key's entries are of.
   *
   * <p>Columns: the root's primary key in its order. Parameters: the key's values in declared
   * order.
   */
  public String selectRoots() {
    return "SELECT "
        + Names.POSTGRES.list(plan, "", plan.rootKey())
        + " FROM "
        + table()
        + " WHERE "
        + Names.POSTGRES.equal(plan, "", plan.key());
  }

  /**
   * Deletes the entries of one root row in a range of key groups, whatever their key.
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

  /**
   * A page of a key's answer together with the progress of the key's range, of one moment. No row
   * at all: no progress is known for the key group. Otherwise one row for each entry of the page,
   * in the view's order, or a single one whose {@code present} is NULL where the page is empty.
   *
   * <p>Columns: {@code version}, {@code gtid_set}, {@code as_of}, {@code handed_over}, {@code
   * total} (of the whole answer, counted to {@link #TOTAL_CAP}), {@code present} (true or NULL),
   * {@code reason} (why the key or its whole view is not valid; NULL when it is), {@code absent}
   * (whether the view is populated on read, and the key not), {@code rebuilding} (why the view is
   * rebuilt; NULL when it is not), {@code rebuilt} (above 0 where the range was rebuilt from the
   * job's state), {@code store} (which store it is), then the outputs in their order, from {@link
   * #firstOutput} on.
   *
   * <p>Parameters: the key's values in declared order (for the total); the view's name three times;
   * the key's values again; with a cursor the values of its columns as {@link Keyset#parameters}
   * lists them; how many rows at most; the key's values again; the job; the key group; the key
   * group again.
   */
  public String page(boolean afterCursor) {
    String ofKey = Names.POSTGRES.equal(plan, "", plan.key());
    return "SELECT p.version, p.gtid_set, p.as_of, p.handed_over,\n  (SELECT count(*) FROM"
        + " (SELECT 1 FROM "
        + table()
        + " WHERE "
        + ofKey
        + " LIMIT "
        + TOTAL_CAP
        + ") c) AS total,\n  e._present AS present, "
        + "coalesce((SELECT coalesce(p.reasons[i], '"
        + Reason.UNPLACEABLE.wireName()
        + "') FROM generate_subscripts(p.invalid, 1) i WHERE p.invalid[i] = ?), k.reason) AS reason,"
        + " k.version IS NULL AND ? = ANY (p.on_read) AS absent,"
        + " CASE WHEN ? = ANY (p.rebuilding) THEN p.rebuild_reason END AS rebuilding, p.rebuilt,"
        + " (SELECT id::text FROM "
        + qualified("store")
        + ") AS store, "
        + outputs("e.")
        + "\nFROM "
        + qualified("progress")
        + " p\nLEFT JOIN LATERAL (SELECT true AS _present, "
        + outputs("")
        + " FROM "
        + table()
        + " WHERE "
        + ofKey
        + (afterCursor ? " AND " + Keyset.after(plan, Names.POSTGRES, "") : "")
        + " ORDER BY "
        + Names.POSTGRES.order(plan, "")
        + " LIMIT ?) e ON true\nLEFT JOIN "
        + keys()
        + " k ON "
        + Names.POSTGRES.equal(plan, "k.", plan.key())
        + "\nWHERE p.job = ? AND p.first_group <= ? AND p.last_group >= ?"
        + "\nORDER BY "
        + Names.POSTGRES.order(plan, "e.");
  }

  /** The place of the first output in the columns of {@link #page}, counted from 1. */
  public static int firstOutput() {
    return 12;
  }

  /** The type that the store has for a kind of values. */
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

  private String definition(Column column) {
    return Names.POSTGRES.quoted(column.name())
        + " "
        + type(column.type())
        + (column.nullable() ? "" : " NOT NULL");
  }

  private String qualified(String name) {
    return Names.POSTGRES.quoted(schema) + "." + Names.POSTGRES.quoted(name);
  }

  private String name(int place) {
    return Names.POSTGRES.output(plan, "", place);
  }

  private IntStream places() {
    return IntStream.range(0, plan.outputs().size());
  }

  private String outputs(String prefix) {
    return places()
        .mapToObj(place -> Names.POSTGRES.output(plan, prefix, place))
        .collect(Collectors.joining(", "));
  }
}
