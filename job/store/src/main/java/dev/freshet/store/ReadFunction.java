package dev.freshet.store;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.Members;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.Names;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Builds the SQL of a view's function in Postgres, {@code <view>_read(key…, max_age)}. It returns
 * the entries of a key in the view's order, each with the answer's version, {@code as_of} and
 * state. A key without entries has no rows.
 *
 * <p>The function decides as {@link Servability} does, and raises an error with one of the {@link
 * Refusal}s where the projection's answer must not be served. It does not know what the reader
 * remembers from earlier reads: after Postgres lost commits, it relies on the store's progress.
 *
 * <p>It is STABLE, so that its statements share the snapshot of the query that calls it: the rows
 * match the version. The caller needs SELECT on the tables of the schema, and EXECUTE.
 */
public final class ReadFunction {
  /** The end of the function's name, after the view's name. */
  public static final String SUFFIX = "_read";

  private static final String KEY_GROUP = "key_group";
  private static final String KEY_DECIMAL = "key_decimal";

  /** A caller's schemas and settings do not change what the functions do. */
  private static final String PINNED =
      " SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on";

  private static final String ASK_THE_READER = "ask the reader, which gets the answer from MySQL";

  private final ViewPlan plan;
  private final String schema;
  private final int generation;
  private final Set<String> taken = new TreeSet<>();
  private final List<String> parameters = new ArrayList<>();
  private final int maxAge;

  /** Why the function raises an error. */
  public enum Refusal {
    /** MySQL's last confirmation is missing, or older than {@code max_age}. */
    STALE("ZF001"),
    /** The key's part of the store is being built or rebuilt. */
    BUILDING("ZF002"),
    /** The key, or its whole view, is invalid. */
    INVALID("ZF003"),
    /** The view is populated on read, and the store does not have the key. */
    ABSENT("ZF004"),
    /** The catalogue does not have the generation that the function reads. */
    SUPERSEDED("ZF005");

    private final String sqlState;

    Refusal(String sqlState) {
      this.sqlState = sqlState;
    }

    /** The error's SQLSTATE. */
    public String sqlState() {
      return sqlState;
    }
  }

  private ReadFunction(ViewPlan plan, String schema, int generation) {
    this.plan = plan;
    this.schema = schema;
    this.generation = generation;
    plan.shown().forEach(output -> taken.add(output.column().name()));
    out(free("version"), "text");
    out(free("as_of"), "timestamptz");
    out(free("state"), "text");
    plan.key().forEach(output -> parameters.add("INOUT " + declared(output)));
    this.maxAge = parameters.size() + 1;
    parameters.add(
        "IN " + free("max_age") + " interval DEFAULT '" + plan.freshness() + "'::interval");
    remaining().forEach(output -> parameters.add("OUT " + declared(output)));
  }

  /**
   * The statements that create the view's function, or replace it; nobody but the owner, and the
   * roles of the schema's default privileges, may execute it. Empty if the view's key has a type
   * whose equal values Postgres cannot tell, so that the function might read another key.
   */
  public static List<String> create(ViewPlan plan, String schema, int generation) {
    return plan.keyColumnList().stream().allMatch(ReadFunction::isSupported)
        ? new ReadFunction(plan, schema, generation).create()
        : List.of();
  }

  /** Whether MySQL and Postgres take the same values of a column as equal. */
  private static boolean isSupported(Column column) {
    return switch (column.type()) {
      case STRING -> !column.foldsTexts() && !Members.has(column);
      // MySQL finds the YEAR 2026 by 26.
      case INTEGER -> !column.mysqlType().startsWith("year");
      case DECIMAL, BYTES, DATE, DATETIME, TIMESTAMP -> true;
      case DOUBLE, TIME -> false;
    };
  }

  /** The statements that create or replace the functions which the views' functions share. */
  public static List<String> createShared(String schema) {
    return List.of(
        "CREATE OR REPLACE FUNCTION "
            + StoreTables.table(schema, KEY_GROUP)
            + "(key bytea, key_groups int) RETURNS int LANGUAGE plpgsql IMMUTABLE STRICT"
            + PINNED
            + body(
                """
                -- The key group of a key's bytes, as dev.freshet.view.KeyGroups computes it.
                DECLARE
                  hash bigint := 2166136261;
                BEGIN
                  FOR i IN 0 .. octet_length(key) - 1 LOOP
                    hash := ((hash # get_byte(key, i)) * 16777619) & 4294967295;
                  END LOOP;
                  hash := mod(hash * 3432918353::numeric, 4294967296)::bigint;
                  hash := ((hash << 15) | (hash >> 17)) & 4294967295;
                  hash := mod(hash * 461845907::numeric, 4294967296)::bigint;
                  hash := ((hash << 13) | (hash >> 19)) & 4294967295;
                  hash := (hash * 5 + 3864292196) & 4294967295;
                  hash := hash # 4;
                  hash := hash # (hash >> 16);
                  hash := mod(hash * 2246822507::numeric, 4294967296)::bigint;
                  hash := hash # (hash >> 13);
                  hash := mod(hash * 3266489909::numeric, 4294967296)::bigint;
                  hash := hash # (hash >> 16);
                  RETURN CASE WHEN hash < 2147483648 THEN hash
                              WHEN hash = 2147483648 THEN 0
                              ELSE 4294967296 - hash END % key_groups;
                END
                """),
        "CREATE OR REPLACE FUNCTION "
            + StoreTables.table(schema, KEY_DECIMAL)
            + "(value numeric) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT"
            + PINNED
            + body(
                """
                -- The bytes of a decimal in a key, as dev.freshet.view.Values writes them.
                DECLARE
                  scale int;
                  digits numeric;
                  size int := 1;
                  bytes bytea := decode('', 'hex');
                BEGIN
                  IF NOT abs(value) < 1e65 OR min_scale(value) > 30 THEN
                    RAISE EXCEPTION USING ERRCODE = '22003',
                      MESSAGE = 'a key has a decimal number that MySQL cannot hold;'
                        ' pass at most 65 digits, 30 of them after the point';
                  END IF;
                  scale := min_scale(value);
                  digits := trunc(value * 10::numeric ^ scale);
                  WHILE digits <> 0 AND mod(digits, 10) = 0 LOOP
                    digits := div(digits, 10);
                    scale := scale - 1;
                  END LOOP;
                  WHILE digits >= 128 * 256::numeric ^ (size - 1)
                      OR digits < -128 * 256::numeric ^ (size - 1) LOOP
                    size := size + 1;
                  END LOOP;
                  IF digits < 0 THEN
                    digits := digits + 256::numeric ^ size;
                  END IF;
                  FOR i IN 1 .. size LOOP
                    bytes := substring(int4send(mod(digits, 256)::int) FROM 4) || bytes;
                    digits := div(digits, 256);
                  END LOOP;
                  RETURN decode('02', 'hex') || int4send(scale) || int4send(size) || bytes;
                END
                """),
        ownersOnly(StoreTables.table(schema, KEY_GROUP) + "(bytea, int)"),
        ownersOnly(StoreTables.table(schema, KEY_DECIMAL) + "(numeric)"));
  }

  private List<String> create() {
    String name = StoreTables.table(schema, plan.view() + SUFFIX);
    String types =
        plan.key().stream().map(output -> type(output) + ", ").collect(Collectors.joining());
    return List.of(
        "CREATE OR REPLACE FUNCTION "
            + name
            + "(\n  "
            + String.join(",\n  ", parameters)
            + ")\nRETURNS SETOF record LANGUAGE plpgsql STABLE SECURITY INVOKER"
            + PINNED
            + body(text()),
        ownersOnly(name + "(" + types + "interval)"));
  }

  private String text() {
    PageQuery page =
        new PageQuery(
            plan,
            schema,
            generation,
            plan.bounds().stream().map(bound -> false).toList(),
            Optional.empty(),
            false,
            false);
    String view = "View " + plan.view() + ": ";
    String nullKey =
        keyValues().map(value -> value + " IS NULL").collect(Collectors.joining(" OR "));
    return """
    #variable_conflict use_column
    <<own>>
    DECLARE
      job text;
      key_group int;
      reading record;
    BEGIN
    """
        + when(
            nullKey,
            "22004",
            literal(view + "the key has a NULL; pass a value for each of its columns"))
        + when(
            "$" + maxAge + " IS NULL",
            "22004",
            literal(view + "max_age is NULL; pass an interval, or leave it out"))
        + when(
            "$" + maxAge + " > " + freshness(),
            "22023",
            "format("
                + literal(
                    view
                        + "max_age is %s, more than the view's FRESHNESS of %s; pass less, or"
                        + " leave it out")
                + ", $"
                + maxAge
                + ", "
                + freshness()
                + ")")
        + "  SELECT c.job, "
        + StoreTables.table(schema, KEY_GROUP)
        + "("
        + keyBytes()
        + ", c.key_groups)\n    INTO job, key_group FROM "
        + StoreTables.table(schema, "catalogue")
        + " c\n    WHERE c.view = "
        + literal(plan.view())
        + " AND c.generation = "
        + generation
        + " AND c.active;\n"
        + refuse(
            "NOT FOUND",
            Refusal.SUPERSEDED,
            literal(
                view
                    + "the store no longer serves generation "
                    + generation
                    + ", which this function reads; restart the job, which replaces the function"))
        + "  "
        + page.sql(arguments("1"))
        + "\nINTO reading;\n"
        + refuse(
            "NOT FOUND OR NOT reading.handed_over OR reading.rebuilding IS NOT NULL",
            Refusal.BUILDING,
            "format("
                + literal(view + "the store is being built (%s); " + ASK_THE_READER)
                + ", CASE WHEN reading.handed_over THEN reading.rebuilding ELSE "
                + literal(FallbackReason.BUILDING.wireName())
                + " END)")
        + refuse(
            "reading.reason IS NOT NULL",
            Refusal.INVALID,
            "format("
                + literal(view + "the key is INVALID (%s); " + ASK_THE_READER)
                + ", reading.reason)")
        + refuse(
            "reading.absent",
            Refusal.ABSENT,
            literal(view + "the store does not have the key; " + ASK_THE_READER))
        // clock_timestamp(), because now() is the start of the caller's transaction.
        + refuse(
            "reading.as_of IS NULL OR clock_timestamp() - reading.as_of > $" + maxAge,
            Refusal.STALE,
            "format("
                + literal(
                    view
                        + "the answer is of %s and max_age is %s; "
                        + ASK_THE_READER
                        + ", or try again")
                + ", coalesce(reading.as_of::text, 'an unknown time'), $"
                + maxAge
                + ")")
        + "  IF reading.present THEN\n    RETURN QUERY SELECT "
        + version()
        + ",\n      p.as_of, "
        + literal(KeyState.VALID.name())
        + outputs()
        + page.from(arguments("NULL"))
        + ";\n  END IF;\nEND\n";
  }

  private PageQuery.Arguments arguments(String limit) {
    return new PageQuery.Arguments(
        keyValues().toList(), literal(plan.view()), "own.job", "own.key_group", limit);
  }

  /** The parameters of the key's values, compared as the store's columns are. */
  private Stream<String> keyValues() {
    return IntStream.range(0, plan.keyColumns())
        .mapToObj(
            i ->
                "$"
                    + (maxAge - plan.keyColumns() + i)
                    + (type(plan.key().get(i)).equals("text") ? " COLLATE \"C\"" : ""));
  }

  /** The bytes of {@link ViewPlan#viewKeyOf}. */
  private String keyBytes() {
    List<String> values = keyValues().toList();
    return "decode('"
        + HexFormat.of().formatHex(Key.of(plan.view()).bytes())
        + "', 'hex')"
        + IntStream.range(0, values.size())
            .mapToObj(i -> " || " + bytes(plan.key().get(i), values.get(i)))
            .collect(Collectors.joining());
  }

  private String bytes(int output, String value) {
    return switch (plan.outputs().get(output).column().type()) {
      case INTEGER -> number(value);
      case DATE -> number("(" + value + " - DATE '1970-01-01')");
      case DATETIME, TIMESTAMP -> number("(extract(epoch FROM " + value + ") * 1000000)");
      case DECIMAL -> StoreTables.table(schema, KEY_DECIMAL) + "(" + value + ")";
      case STRING -> sized("04", "convert_to(" + value + ", 'UTF8')");
      case BYTES -> sized("05", value);
      case DOUBLE, TIME -> throw new IllegalStateException("refused by isSupported");
    };
  }

  private static String number(String value) {
    return "decode('01', 'hex') || int8send(" + value + "::bigint)";
  }

  private static String sized(String tag, String bytes) {
    return "decode('" + tag + "', 'hex') || int4send(octet_length(" + bytes + ")) || " + bytes;
  }

  /** The form of {@link dev.freshet.view.Version#print}. */
  private static String version() {
    return """
    CASE WHEN p.version >> 56 > 0 THEN (p.version >> 56) || '/' ELSE '' END || 'binlog.'
          || lpad((p.version >> 32 & 16777215)::text,
                  greatest(6, length((p.version >> 32 & 16777215)::text)), '0')
          || ':' || (p.version & 4294967295)\
    """;
  }

  private String outputs() {
    return Stream.concat(plan.key().stream(), remaining())
        .map(output -> ", " + Names.POSTGRES.output(plan, "e.", output))
        .collect(Collectors.joining());
  }

  /** The shown outputs that are not the key's. */
  private Stream<Integer> remaining() {
    return IntStream.range(0, plan.shown().size())
        .boxed()
        .filter(output -> !plan.key().contains(output));
  }

  private void out(String name, String type) {
    parameters.add("OUT " + name + " " + type);
  }

  private String declared(int output) {
    return Names.POSTGRES.output(plan, "", output) + " " + type(output);
  }

  /** The type of a parameter, which has no collation. */
  private String type(int output) {
    return EntriesTable.type(plan.outputs().get(output).column().type())
        .replace(" COLLATE \"C\"", "");
  }

  /** A name that no column of the view has: with underscores in front if the view takes it. */
  private String free(String name) {
    String free = name;
    while (!taken.add(free)) {
      free = "_" + free;
    }
    return Names.POSTGRES.quoted(free);
  }

  private String freshness() {
    return "'" + plan.freshness() + "'::interval";
  }

  private static String refuse(String condition, Refusal refusal, String message) {
    return when(condition, refusal.sqlState(), message);
  }

  private static String when(String condition, String sqlState, String message) {
    return "  IF "
        + condition
        + " THEN\n    RAISE EXCEPTION USING ERRCODE = '"
        + sqlState
        + "', MESSAGE = "
        + message
        + ";\n  END IF;\n";
  }

  private static String body(String text) {
    return "\nAS " + literal("\n" + text);
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** Postgres lets everybody execute a new function. */
  private static String ownersOnly(String function) {
    return "REVOKE ALL ON FUNCTION " + function + " FROM PUBLIC";
  }
}
