package dev.freshet.view.sql;

import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.stream.Collectors;

/**
 * The queries that list a view's keys in MySQL: all of them, some at random, and those of a range
 * of root rows. MySQL's answer for a key is {@link MysqlQueries#answer}.
 *
 * <p>Keys are selected as their values in declared order.
 */
public final class MysqlKeyQueries {
  private static final String V = "v.";

  private final ViewPlan plan;
  private final String limit;

  /**
   * The queries of a view.
   *
   * @param limit after which MySQL itself ends a query with error 3024
   */
  public MysqlKeyQueries(ViewPlan plan, Duration limit) {
    this.plan = plan;
    this.limit = "MAX_EXECUTION_TIME(" + limit.toMillis() + ") ";
  }

  /** All keys; a key comes as often as it has entries. No parameters. */
  public String keys() {
    return keys("");
  }

  /** Keys that MySQL finds at random, by looking at all entries. Parameter: how many. */
  public String randomKeys() {
    return keys(" ORDER BY RAND() LIMIT ?");
  }

  /**
   * The keys of the entries of a range of root rows, in MySQL. Parameters: the first and the last
   * value of the first column of the root's primary key.
   */
  public String keysBetween() {
    return keys(
        " WHERE " + Names.MYSQL.output(plan, V, plan.rootKey().get(0)) + " BETWEEN ? AND ?");
  }

  /**
   * Where a range of root rows ends, in MySQL: a value of the first column of the root's primary
   * key, or NULL behind the last row. Parameters: where it begins, how many rows it has.
   */
  public String rootEnd() {
    String column = rootColumn();
    return "SELECT MAX("
        + column
        + ") FROM (SELECT "
        + column
        + " FROM "
        + rootTable()
        + " WHERE "
        + column
        + " >= ? ORDER BY "
        + column
        + " LIMIT ?) r";
  }

  /** The lowest and the highest value of the first column of the root's primary key, in MySQL. */
  public String rootRange() {
    return "SELECT MIN(" + rootColumn() + "), MAX(" + rootColumn() + ") FROM " + rootTable();
  }

  private String rootColumn() {
    Table root = plan.root().table();
    return Names.MYSQL.quoted(root.columns().get(root.primaryKey().get(0)).name());
  }

  private String rootTable() {
    Table root = plan.root().table();
    return Names.MYSQL.quoted(root.database()) + "." + Names.MYSQL.quoted(root.name());
  }

  private String keys(String end) {
    return "SELECT /*+ "
        + limit
        + "MERGE(v) */ "
        + plan.key().stream()
            .map(
                place ->
                    MysqlQueries.readable(
                        Names.MYSQL.output(plan, V, place),
                        plan.outputs().get(place).column().type()))
            .collect(Collectors.joining(", "))
        + " FROM (\n"
        + plan.query()
        + "\n) v"
        + end;
  }
}
