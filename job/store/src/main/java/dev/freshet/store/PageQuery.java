package dev.freshet.store;

import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.Keyset;
import dev.freshet.view.sql.Names;
import dev.freshet.view.sql.SortKeys;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads a page of a key's answer together with the progress of the key's range. One statement reads
 * both, so they belong to one snapshot and the answer's rows match the version that it names.
 *
 * <p>The statement returns no row where the store has no progress for the key group. Otherwise it
 * returns a row for each entry of the page, in the view's order, or a single row where the page is
 * empty. Only {@link #bind} and {@link #read} know the statement's parameters and columns.
 *
 * <p>A {@linkplain PageSize#isBounded bounded} query measures the texts and byte strings of the
 * page. If they have more bytes than {@link Request#bound}, it leaves their values out and returns
 * their size in bytes ({@link Page#excess}). {@link PageSize} says which pages need a bounded
 * query. Immutable.
 */
public final class PageQuery {
  /** Counting a key's entries stops at this number, unless the total is exact. */
  public static final int TOTAL_CAP = 1001;

  /** A column that the statement adds to an entry's. */
  static final String PRESENT = "_present";

  /** A quoted name, a literal, or a parameter of the statement. */
  private static final Pattern TOKEN = Pattern.compile("\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|\\?");

  private static final JdbcValues VALUES = JdbcValues.POSTGRES;

  private final ViewPlan plan;
  private final List<Slot> parameters = new ArrayList<>();
  private final List<Boolean> given;
  private final boolean bounded;
  private final int firstOutput;
  private final String sql;
  private final int endOfColumns;
  private final int parametersOfColumns;

  /** The meaning of a parameter of the statement. */
  private enum Parameter {
    /** The key's values, in declared order; as many parameters. */
    KEY,
    /** The bounds that are given; as many parameters. */
    BOUNDS,
    /** A value of the cursor. */
    CURSOR,
    VIEW,
    JOB,
    GROUP,
    LIMIT,
    BOUND
  }

  /**
   * A parameter of the statement.
   *
   * @param position the position of a value of the cursor
   */
  private record Slot(Parameter parameter, int position) {}

  /**
   * The values of one request.
   *
   * @param key its canonical values in declared order
   * @param bounds the values of the plan's bounds; empty where the request gives none
   * @param after the values of the cursor's columns, in the view's order; empty for the first page
   * @param limit the maximum number of entries
   * @param job the name of the job that maintains the view
   * @param group the key group of the key
   * @param bound the maximum size of the page's texts and byte strings in bytes; only used if the
   *     query is bounded
   */
  public record Request(
      List<Object> key,
      List<Optional<Object>> bounds,
      Optional<List<Object>> after,
      int limit,
      String job,
      int group,
      long bound) {}

  /**
   * SQL expressions that take the places of a statement's parameters.
   *
   * @param key the key's values in declared order
   */
  record Arguments(List<String> key, String view, String job, String group, String limit) {}

  /**
   * What the store has for a request.
   *
   * @param progress the progress of the key's range; empty if the store has none for the key group
   * @param invalid why the key, or its whole view, is invalid; empty if both are valid
   * @param absent whether the view is populated on read, and the store does not have the key
   * @param entries the entries of the page, each with the view's outputs in their order
   * @param total the number of the key's entries within the bounds, at most {@link #TOTAL_CAP}
   *     unless it is exact
   * @param excess the size of the page's texts and byte strings in bytes if it exceeds the bound;
   *     the entries are left out then
   */
  public record Page(
      Optional<Progress> progress,
      Optional<Reason> invalid,
      boolean absent,
      List<Object[]> entries,
      long total,
      Optional<Long> excess) {}

  /**
   * Builds the query for a generation of a view.
   *
   * @param given for each of the plan's bounds whether the requests give its value
   * @param after the values of the cursor that the page follows, in the view's order; empty for the
   *     first page. The query is for cursors with NULL in the same places
   * @param bounded whether the query leaves out the values of a page that is too large
   * @param exact whether the query counts all of the key's entries
   */
  public PageQuery(
      ViewPlan plan,
      String schema,
      int generation,
      List<Boolean> given,
      Optional<List<Object>> after,
      boolean bounded,
      boolean exact) {
    this.plan = plan;
    this.given = List.copyOf(given);
    this.bounded = bounded;
    String entries = new EntriesTable(plan, schema, generation).table();
    String keys = new KeysTable(plan, schema, generation).table();
    List<String> columns =
        new ArrayList<>(
            List.of(
                "p.version",
                "p.gtid_set",
                "p.as_of",
                "p.handed_over",
                "p.rebuilt",
                "(SELECT id::text FROM " + StoreTables.table(schema, "store") + ") AS store",
                "(SELECT count(*) FROM (SELECT 1 FROM "
                    + entries
                    + " WHERE "
                    + within()
                    + (exact ? "" : " LIMIT " + TOTAL_CAP)
                    + ") c) AS total",
                "e." + PRESENT + " AS present",
                // Postgres evaluates this for each row, and most often no view is invalid.
                "coalesce(CASE WHEN p.invalid <> '{}' THEN (SELECT coalesce(p.reasons[i], '"
                    + Reason.UNPLACEABLE.wireName()
                    + "') FROM generate_subscripts(p.invalid, 1) i WHERE p.invalid[i] = "
                    + parameter(Parameter.VIEW)
                    + ") END, k.reason) AS reason",
                "k.version IS NULL AND "
                    + parameter(Parameter.VIEW)
                    + " = ANY (p.on_read) AS absent",
                "CASE WHEN "
                    + parameter(Parameter.VIEW)
                    + " = ANY (p.rebuilding) THEN p.rebuild_reason END AS rebuilding"));
    if (bounded) {
      columns.add("e._fits AS fits");
      columns.add("e._bytes AS bytes");
    }
    this.firstOutput = columns.size() + 1;
    columns.add(bounded ? outputsThatFit() : outputs("e."));
    this.parametersOfColumns = parameters.size();
    String select = "SELECT " + String.join(",\n  ", columns);
    this.endOfColumns = select.length();
    this.sql =
        select
            + "\nFROM "
            + StoreTables.table(schema, "progress")
            + " p\nLEFT JOIN LATERAL ("
            + (bounded ? measured() : "")
            + page(entries, after)
            + (bounded ? ") r" : "")
            + ") e ON true\nLEFT JOIN "
            + keys
            + " k ON "
            + equalsKey("k.")
            + "\nWHERE p.job = "
            + parameter(Parameter.JOB)
            + " AND p.first_group <= "
            + parameter(Parameter.GROUP)
            + " AND p.last_group >= "
            + parameter(Parameter.GROUP)
            + "\nORDER BY "
            + Names.POSTGRES.order(plan, "e.");
  }

  /** The statement's text. */
  public String sql() {
    return sql;
  }

  /**
   * The statement's text without parameters, for requests without bounds and cursor. Its columns
   * keep their names.
   */
  String sql(Arguments arguments) {
    return inlined(sql, parameters, arguments);
  }

  /**
   * The part of {@link #sql(Arguments)} that follows the columns. {@code p} is the row of the
   * progress, and {@code e} is an entry of the page, in the view's order.
   */
  String from(Arguments arguments) {
    return inlined(
        sql.substring(endOfColumns),
        parameters.subList(parametersOfColumns, parameters.size()),
        arguments);
  }

  private static String inlined(String sql, List<Slot> slots, Arguments arguments) {
    Iterator<String> values =
        slots.stream().flatMap(slot -> arguments(slot.parameter(), arguments)).iterator();
    return TOKEN
        .matcher(sql)
        .replaceAll(
            token ->
                Matcher.quoteReplacement(
                    token.group().equals("?") ? values.next() : token.group()));
  }

  private static Stream<String> arguments(Parameter parameter, Arguments arguments) {
    return switch (parameter) {
      case KEY -> arguments.key().stream();
      case BOUNDS -> Stream.empty();
      case VIEW -> Stream.of(arguments.view());
      case JOB -> Stream.of(arguments.job());
      case GROUP -> Stream.of(arguments.group());
      case LIMIT -> Stream.of(arguments.limit());
      case CURSOR, BOUND ->
          throw new IllegalStateException("a query with the parameter " + parameter);
    };
  }

  private String parameter(Parameter parameter) {
    parameters.add(new Slot(parameter, 0));
    return "?";
  }

  private String page(String entries, Optional<List<Object>> after) {
    if (after.isEmpty()) {
      return page(entries);
    }
    List<Keyset.Part> parts = new Keyset(plan, after.get()).postgres();
    if (parts.size() == 1) {
      return page(entries, parts.get(0));
    }
    // Postgres does not begin to scan an index at an OR.
    List<String> pages = new ArrayList<>();
    for (Keyset.Part part : parts) {
      pages.add("(" + page(entries, part) + ")");
    }
    return "SELECT * FROM (" + String.join(" UNION ALL ", pages) + ") u" + ordered();
  }

  private String page(String entries, Keyset.Part part) {
    String rows = rowsOfKey(entries) + " AND " + part.sql();
    part.positions().forEach(position -> parameters.add(new Slot(Parameter.CURSOR, position)));
    return rows + ordered();
  }

  private String page(String entries) {
    return rowsOfKey(entries) + ordered();
  }

  private String rowsOfKey(String entries) {
    return "SELECT true AS "
        + PRESENT
        + ", "
        + outputs("")
        + SortKeys.of(plan).stream()
            .map(output -> ", " + Names.POSTGRES.sorted(plan, "", output))
            .collect(Collectors.joining())
        + " FROM "
        + entries
        + " WHERE "
        + within();
  }

  private String ordered() {
    return " ORDER BY " + Names.POSTGRES.order(plan, "") + " LIMIT " + parameter(Parameter.LIMIT);
  }

  private String equalsKey(String prefix) {
    parameters.add(new Slot(Parameter.KEY, 0));
    return Names.POSTGRES.equal(plan, prefix, plan.key());
  }

  private String within() {
    String key = equalsKey("");
    parameters.add(new Slot(Parameter.BOUNDS, 0));
    return key + Names.POSTGRES.bounds(plan, "", given);
  }

  /** The start of a query that measures the rows of the one that follows. */
  private String measured() {
    String bytes =
        "sum("
            + IntStream.range(0, plan.outputs().size())
                .filter(i -> PageSize.isText(plan.outputs().get(i)))
                .mapToObj(
                    i -> "coalesce(octet_length(" + Names.POSTGRES.output(plan, "r.", i) + "), 0)")
                .collect(Collectors.joining(" + "))
            + ") OVER ()";
    return "SELECT r.*, "
        + bytes
        + " AS _bytes, "
        + bytes
        + " <= "
        + parameter(Parameter.BOUND)
        + " AS _fits FROM (";
  }

  private String outputsThatFit() {
    return IntStream.range(0, plan.outputs().size())
        .mapToObj(
            i -> {
              String output = Names.POSTGRES.output(plan, "e.", i);
              return PageSize.isText(plan.outputs().get(i))
                  ? "CASE WHEN e._fits THEN %s END AS %s"
                      .formatted(output, Names.POSTGRES.output(plan, "", i))
                  : output;
            })
        .collect(Collectors.joining(", "));
  }

  private String outputs(String prefix) {
    Collection<Integer> indexes = new ArrayList<>();
    for (int index = 0; index < plan.outputs().size(); index++) {
      indexes.add(index);
    }
    return Names.POSTGRES.list(plan, prefix, indexes);
  }

  /**
   * Binds a request's values.
   *
   * @param first the index of this query's first parameter in the statement, from 1
   * @return the index after the last parameter that was bound
   */
  public int bind(PreparedStatement statement, int first, Request request) throws SQLException {
    int index = first;
    for (Slot slot : parameters) {
      switch (slot.parameter()) {
        case KEY -> {
          for (int i = 0; i < plan.keyColumns(); i++) {
            bind(statement, index++, plan.key().get(i), request.key().get(i));
          }
        }
        case BOUNDS -> {
          for (int i = 0; i < given.size(); i++) {
            if (given.get(i)) {
              Object value = request.bounds().get(i).orElseThrow();
              bindSorted(statement, index++, plan.bounds().get(i).output(), value);
            }
          }
        }
        case CURSOR -> {
          int output = plan.order().get(slot.position()).output();
          Object value = request.after().orElseThrow().get(slot.position());
          bindSorted(statement, index++, output, value);
        }
        case VIEW -> statement.setString(index++, plan.view());
        case JOB -> statement.setString(index++, request.job());
        case GROUP -> statement.setInt(index++, request.group());
        case LIMIT -> statement.setInt(index++, request.limit());
        case BOUND -> statement.setLong(index++, request.bound());
      }
    }
    return index;
  }

  /** Binds a value that is compared with a column of the order. */
  private void bindSorted(PreparedStatement statement, int index, int output, Object value)
      throws SQLException {
    if (SortKeys.isNeeded(plan, output)) {
      statement.setBytes(index, SortKeys.key(plan, output, value));
    } else {
      bind(statement, index, output, value);
    }
  }

  private void bind(PreparedStatement statement, int index, int output, Object value)
      throws SQLException {
    VALUES.bind(statement, index, plan.outputs().get(output).column().type(), value);
  }

  /** Reads all rows of the statement's result. */
  public Page read(ResultSet rows) throws SQLException {
    Optional<Progress> progress = Optional.empty();
    Optional<Reason> invalid = Optional.empty();
    boolean absent = false;
    long total = 0;
    Optional<Long> excess = Optional.empty();
    List<Object[]> entries = new ArrayList<>();
    while (rows.next()) {
      if (progress.isEmpty()) {
        progress = Optional.of(progress(rows));
        invalid = Optional.ofNullable(rows.getString("reason")).map(Reason::of);
        absent = rows.getBoolean("absent");
        total = rows.getLong("total");
      }
      if (rows.getBoolean("present")) {
        if (bounded && !rows.getBoolean("fits")) {
          excess = Optional.of(rows.getLong("bytes"));
        } else {
          entries.add(entry(rows));
        }
      }
    }
    return new Page(progress, invalid, absent, entries, total, excess);
  }

  private static Progress progress(ResultSet row) throws SQLException {
    Optional<FallbackReason> hidden =
        row.getBoolean("handed_over")
            ? Optional.ofNullable(row.getString("rebuilding")).map(FallbackReason::new)
            : Optional.of(FallbackReason.BUILDING);
    return new Progress(
        row.getLong("version"),
        row.getString("gtid_set"),
        Optional.ofNullable(row.getObject("as_of", OffsetDateTime.class))
            .map(OffsetDateTime::toInstant),
        hidden,
        Objects.requireNonNullElse(row.getString("store"), ""),
        row.getLong("rebuilt") > 0);
  }

  private Object[] entry(ResultSet row) throws SQLException {
    Object[] entry = new Object[plan.outputs().size()];
    for (int i = 0; i < entry.length; i++) {
      entry[i] = VALUES.read(row, firstOutput + i, plan.outputs().get(i).column());
    }
    return entry;
  }
}
