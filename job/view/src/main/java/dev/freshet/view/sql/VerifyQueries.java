package dev.freshet.view.sql;

import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is asked of both databases to compare a view's answers: for some keys at once in the store,
 * and for keys to compare on either side. MySQL's answer itself is {@link MysqlQueries#answer}.
 *
 * <p>Keys are selected, and bound, as their values in declared order.
 */
public final class VerifyQueries {
  private static final String V = "v.";

  private final ViewPlan plan;
  private final PostgresTables tables;
  private final String schema;
  private final String limit;

  /**
   * The statements of a view.
   *
   * @param generation whose entries are compared
   * @param limit after which MySQL itself ends a query with error 3024
   */
  public VerifyQueries(ViewPlan plan, String schema, int generation, Duration limit) {
    this.plan = plan;
    this.tables = new PostgresTables(plan, schema, generation);
    this.schema = schema;
    this.limit = "MAX_EXECUTION_TIME(" + limit.toMillis() + ") ";
  }

  /**
   * The job's progress, in Postgres: {@code first_group}, {@code last_group}, {@code version},
   * {@code gtid_set}, {@code as_of}, {@code handed_over}, whether the view is built and not
   * rebuilt, {@code invalid}, whether the whole view is, and {@code on_read}, whether it is
   * populated so. Parameters: the view three times, the job.
   */
  public String progress() {
    return "SELECT first_group, last_group, version, gtid_set, as_of,"
        + " handed_over AND NOT ? = ANY (rebuilding) AS handed_over,"
        + " ? = ANY (invalid) AS invalid, ? = ANY (on_read) AS on_read FROM "
        + Names.POSTGRES.quoted(schema)
        + ".progress WHERE job = ?";
  }

  /**
   * The entries of some keys, in Postgres: the outputs in their order. Parameters: the keys.
   *
   * @param keys how many
   */
  public String entries(int keys) {
    return "SELECT "
        + Names.POSTGRES.list(plan, "", places())
        + " FROM "
        + tables.table()
        + " WHERE "
        + among(keys);
  }

  /**
   * What is noted of some keys, in Postgres: key, {@code reason} (NULL where it is valid).
   * Parameters: the keys.
   *
   * @param keys how many
   */
  public String noted(int keys) {
    return "SELECT " + key() + ", reason FROM " + tables.keys() + " WHERE " + among(keys);
  }

  /** The keys that are not valid, in Postgres. No parameters. */
  public String invalid() {
    return "SELECT " + key() + " FROM " + tables.keys() + " WHERE reason IS NOT NULL";
  }

  /**
   * Which of some keys have entries, in Postgres. Parameters: the keys.
   *
   * @param keys how many
   */
  public String present(int keys) {
    return "SELECT DISTINCT " + key() + " FROM " + tables.table() + " WHERE " + among(keys);
  }

  /** The first keys in Postgres's order. Parameter: how many. */
  public String firstKeys() {
    return page("");
  }

  /** The keys that follow one in Postgres's order. Parameters: the key, how many. */
  public String nextKeys() {
    return page(" WHERE (" + key() + ") > " + tuple());
  }

  /** A key that is populated on read may have no entry. */
  private String page(String where) {
    return "SELECT DISTINCT "
        + key()
        + " FROM "
        + (plan.options().onRead() ? tables.keys() : tables.table())
        + where
        + " ORDER BY "
        + key()
        + " LIMIT ?";
  }

  /** How many pages Postgres keeps the entries in. */
  public String pages() {
    return "SELECT pg_relation_size('"
        + tables.table().replace("'", "''")
        + "'::regclass) / current_setting('block_size')::int";
  }

  /**
   * Keys of entries that Postgres finds at random; a key may come several times. Parameters: per
   * cent of the pages that are looked at; how many.
   */
  public String randomKeys() {
    return "SELECT "
        + key()
        + " FROM "
        + tables.table()
        + " TABLESAMPLE SYSTEM (?) ORDER BY random() LIMIT ?";
  }

  /**
   * Of entries that Postgres finds at random, the keys of those that were written last. Parameters:
   * per cent of the pages that are looked at; how many of their entries; how many keys.
   */
  public String recentKeys() {
    return "SELECT "
        + key()
        + " FROM (SELECT "
        + key()
        + ", age(xmin) AS _age FROM "
        + tables.table()
        + " TABLESAMPLE SYSTEM (?) ORDER BY random() LIMIT ?) e ORDER BY _age LIMIT ?";
  }

  /** All keys in MySQL; a key comes as often as it has entries. No parameters. */
  public String mysqlKeys() {
    return mysqlKeys("");
  }

  /** Keys that MySQL finds at random, by looking at all entries. Parameter: how many. */
  public String mysqlRandomKeys() {
    return mysqlKeys(" ORDER BY RAND() LIMIT ?");
  }

  /**
   * The keys of the entries of a range of root rows, in MySQL. Parameters: the first and the last
   * value of the first column of the root's primary key.
   */
  public String mysqlKeysBetween() {
    return mysqlKeys(
        " WHERE " + Names.MYSQL.output(plan, V, plan.rootKey().get(0)) + " BETWEEN ? AND ?");
  }

  /**
   * Where a range of root rows ends, in MySQL: a value of the first column of the root's primary
   * key, or NULL behind the last row. Parameters: where it begins, how many rows it has.
   */
  public String mysqlRootEnd() {
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
  public String mysqlRootRange() {
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

  private String mysqlKeys(String end) {
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

  private String key() {
    return Names.POSTGRES.list(plan, "", plan.key());
  }

  private String among(int keys) {
    return "(" + key() + ") IN (" + String.join(", ", Collections.nCopies(keys, tuple())) + ")";
  }

  private String tuple() {
    return "(" + String.join(", ", Collections.nCopies(plan.keyColumns(), "?")) + ")";
  }

  private List<Integer> places() {
    return IntStream.range(0, plan.outputs().size()).boxed().toList();
  }
}
