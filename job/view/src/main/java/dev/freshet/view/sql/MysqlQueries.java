package dev.freshet.view.sql;

import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Builds the SQL that answers a view's keys from MySQL. Each method returns the text of a query,
 * which contains {@link ViewPlan#query} as the derived table {@code v}, which MySQL merges into the
 * outer query. Unless stated otherwise a query returns the view's outputs in their order. Run them
 * on a connection with {@link MysqlSession}'s settings.
 */
public final class MysqlQueries {
  private static final String V = "v.";

  private final ViewPlan plan;
  private final String limit;

  /**
   * Builds the queries of a view.
   *
   * @param limit the time after which MySQL ends a query with error 3024; zero for no limit
   */
  public MysqlQueries(ViewPlan plan, Duration limit) {
    this.plan = plan;
    if (limit.isNegative()) {
      throw new IllegalArgumentException("limit " + limit + " is negative");
    }
    // MAX_EXECUTION_TIME takes no parameter and only works in the outermost SELECT.
    this.limit = limit.isZero() ? "" : "MAX_EXECUTION_TIME(" + limit.toMillis() + ") ";
  }

  /**
   * Selects a page of a key's answer.
   *
   * <p>Parameters: the key's values in declared order; the bounds that are given; with a cursor its
   * values as {@link #cursorPositions} lists them; the maximum number of rows.
   *
   * @param bounded for each of the plan's bounds whether the read gives its value
   * @param after the cursor's values, in the view's order; empty for the first page
   */
  public String page(List<Boolean> bounded, Optional<List<Object>> after) {
    return select(
        within(bounded) + after.map(values -> " AND " + keyset(values).sql()).orElse(""),
        Names.MYSQL.order(plan, V),
        " LIMIT ?");
  }

  /**
   * Selects the first page of a key's whole answer.
   *
   * <p>Parameters: the key's values in declared order; the maximum number of rows.
   */
  public String firstPage() {
    return page(unbounded(), Optional.empty());
  }

  private List<Boolean> unbounded() {
    return Collections.nCopies(plan.bounds().size(), false);
  }

  /**
   * Returns, for each parameter of {@link #page} that takes a value of the cursor, the position of
   * this value in the cursor.
   */
  public List<Integer> cursorPositions(List<Object> after) {
    return keyset(after).positions();
  }

  private Keyset.Part keyset(List<Object> after) {
    return new Keyset(plan, after).mysql(V);
  }

  /**
   * Selects the number of rows of a key's answer, but at most {@code cap}, in one column.
   *
   * <p>Parameters: the key's values in declared order; the bounds that are given.
   *
   * @param bounded for each of the plan's bounds whether the read gives its value
   */
  public String total(int cap, List<Boolean> bounded) {
    return "SELECT "
        + (limit.isEmpty() ? "" : "/*+ " + limit + "*/ ")
        + "COUNT(*) FROM (SELECT /*+ MERGE(v) */ 1 FROM (\n"
        + plan.query()
        + "\n) v WHERE "
        + within(bounded)
        + " LIMIT "
        + cap
        + ") t";
  }

  /** Like {@link #total(int, List)}, without a limit. */
  public String total(List<Boolean> bounded) {
    return "SELECT /*+ "
        + limit
        + "MERGE(v) */ COUNT(*) FROM (\n"
        + plan.query()
        + "\n) v WHERE "
        + within(bounded);
  }

  /**
   * Selects the whole answer of a key, in the view's order.
   *
   * <p>Parameters: the key's values in declared order.
   */
  public String answer() {
    return select(ofKey(), Names.MYSQL.order(plan, V), "");
  }

  /** The conditions by which a row belongs to a key; none if no column of the key may be NULL. */
  static List<String> keyHasValues(ViewPlan plan) {
    return plan.key().stream()
        .filter(index -> plan.outputs().get(index).column().nullable())
        .map(index -> Names.MYSQL.output(plan, V, index) + " IS NOT NULL")
        .toList();
  }

  /**
   * Selects the answers of all keys, ordered by key and then in the view's order. No parameters.
   */
  public String everything() {
    String key = Names.MYSQL.list(plan, V, plan.key());
    return select(
        String.join(" AND ", keyHasValues(plan)), key + ", " + Names.MYSQL.order(plan, V), "");
  }

  /** The query of {@link #all} whose result is a number. */
  String counted() {
    return total(1001, Collections.nCopies(plan.bounds().size(), true));
  }

  /** All of these queries, for a check that MySQL accepts them. */
  List<String> all() {
    List<Object> values = Collections.nCopies(plan.order().size(), "");
    List<Object> nulls = Collections.nCopies(plan.order().size(), null);
    List<Boolean> bounded = Collections.nCopies(plan.bounds().size(), true);
    return List.of(
        firstPage(),
        page(bounded, Optional.of(values)),
        page(unbounded(), Optional.of(nulls)),
        counted(),
        answer(),
        everything());
  }

  /**
   * The expression by which to select a column. A TIME is cast to text, because MySQL's driver
   * drops the sign of a TIME between minus one hour and zero.
   *
   * @param column the column's quoted name
   */
  public static String readable(String column, ValueType type) {
    return type == ValueType.TIME ? "CAST(" + column + " AS CHAR)" : column;
  }

  private String output(int index) {
    String name = Names.MYSQL.output(plan, "", index);
    String readable = readable(V + name, plan.outputs().get(index).column().type());
    return readable.equals(V + name) ? readable : readable + " AS " + name;
  }

  private String ofKey() {
    return Names.MYSQL.equal(plan, V, plan.key());
  }

  private String within(List<Boolean> bounded) {
    return ofKey() + Names.MYSQL.bounds(plan, V, bounded);
  }

  private String select(String where, String order, String end) {
    String outputs =
        IntStream.range(0, plan.outputs().size())
            .mapToObj(this::output)
            .collect(Collectors.joining(", "));
    return "SELECT /*+ "
        + limit
        + "MERGE(v) */ "
        + outputs
        + " FROM (\n"
        + plan.query()
        + "\n) v"
        + (where.isEmpty() ? "" : " WHERE " + where)
        + " ORDER BY "
        + order
        + end;
  }
}
