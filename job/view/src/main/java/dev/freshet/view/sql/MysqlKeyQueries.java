package dev.freshet.view.sql;

import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Builds the SQL that lists a view's keys in MySQL: all keys, a random sample, or the keys of a
 * range of root rows. Each method returns the text of a query. The query for a key's answer is
 * {@link MysqlQueries#answer}.
 *
 * <p>A key is selected as its values in declared order. Rows whose key has a NULL are left out:
 * they belong to no key.
 */
public final class MysqlKeyQueries {
  private static final String V = "v.";

  private final ViewPlan plan;
  private final String limit;

  /**
   * Builds the queries of a view.
   *
   * @param limit the time after which MySQL ends a query with error 3024; zero for no limit
   */
  public MysqlKeyQueries(ViewPlan plan, Duration limit) {
    this.plan = plan;
    this.limit = "MAX_EXECUTION_TIME(" + limit.toMillis() + ") ";
  }

  /** Selects all keys, each once per entry. No parameters. */
  public String keys() {
    return keys(List.of(), "");
  }

  /** Selects random keys; MySQL reads all entries for it. Parameter: how many. */
  public String randomKeys() {
    return keys(List.of(), " ORDER BY RAND() LIMIT ?");
  }

  /**
   * Selects the keys of the entries of a range of root rows. Parameters: the first and the last
   * value of the first column of the root's primary key.
   */
  public String keysBetween() {
    return keys(
        List.of(Names.MYSQL.output(plan, V, plan.rootKey().get(0)) + " BETWEEN ? AND ?"), "");
  }

  /**
   * Selects the end of a range of root rows: a value of the first column of the root's primary key,
   * or NULL if there is no further row. Parameters: the value at which the range begins, how many
   * rows it has.
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

  /** Selects the lowest and the highest value of the first column of the root's primary key. */
  public String rootRange() {
    return "SELECT MIN(" + rootColumn() + "), MAX(" + rootColumn() + ") FROM " + rootTable();
  }

  private String rootColumn() {
    Table root = plan.root().table();
    return Names.MYSQL.quoted(root.columns().get(plan.root().key().get(0)).name());
  }

  private String rootTable() {
    Table root = plan.root().table();
    return Names.MYSQL.quoted(root.database()) + "." + Names.MYSQL.quoted(root.name());
  }

  private String keys(List<String> conditions, String end) {
    List<String> all = new ArrayList<>(conditions);
    all.addAll(MysqlQueries.keyHasValues(plan));
    return "SELECT /*+ "
        + limit
        + "MERGE(v) */ "
        + plan.key().stream()
            .map(
                index ->
                    MysqlQueries.readable(
                        Names.MYSQL.output(plan, V, index),
                        plan.outputs().get(index).column().type()))
            .collect(Collectors.joining(", "))
        + " FROM (\n"
        + plan.query()
        + "\n) v"
        + (all.isEmpty() ? "" : " WHERE " + String.join(" AND ", all))
        + end;
  }
}
