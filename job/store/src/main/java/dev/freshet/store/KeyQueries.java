package dev.freshet.store;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.Names;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Builds the SQL that iterates over a view's keys in the store, draws keys at random, and reads the
 * entries and headers of many keys. Each method returns the text of a statement. A key is selected,
 * and bound, as its canonical values in declared order.
 */
public final class KeyQueries {
  /** A column that {@link #recentKeys} adds to an entry's. */
  static final String AGE = "_age";

  private final ViewPlan plan;
  private final EntriesTable entries;
  private final KeysTable keys;

  public KeyQueries(ViewPlan plan, String schema, int generation) {
    this.plan = plan;
    this.entries = new EntriesTable(plan, schema, generation);
    this.keys = new KeysTable(plan, schema, generation);
  }

  /**
   * Selects the entries of some keys: the outputs in their order. Parameters: the keys.
   *
   * @param count how many keys
   */
  public String entries(int count) {
    List<Integer> outputs = IntStream.range(0, plan.outputs().size()).boxed().toList();
    return "SELECT "
        + Names.POSTGRES.list(plan, "", outputs)
        + " FROM "
        + entries.table()
        + " WHERE "
        + among(count);
  }

  /**
   * Selects the headers of some keys: the key, and {@code reason}, which is NULL if the key is
   * valid. Parameters: the keys.
   *
   * @param count how many keys
   */
  public String headers(int count) {
    return "SELECT " + key() + ", reason FROM " + keys.table() + " WHERE " + among(count);
  }

  /** Selects the invalid keys. No parameters. */
  public String invalid() {
    return "SELECT " + key() + " FROM " + keys.table() + " WHERE reason IS NOT NULL";
  }

  /**
   * Selects which of some keys have entries. Parameters: the keys.
   *
   * @param count how many keys
   */
  public String present(int count) {
    return "SELECT DISTINCT " + key() + " FROM " + entries.table() + " WHERE " + among(count);
  }

  /** Selects the first keys in Postgres's order. Parameter: how many. */
  public String firstKeys() {
    return page("");
  }

  /** Selects the keys that follow a key in Postgres's order. Parameters: the key, how many. */
  public String nextKeys() {
    return page(" WHERE (" + key() + ") > " + tuple());
  }

  /**
   * Reads a populated-on-read view's keys from the headers, because such a key may have no entry.
   */
  private String page(String where) {
    return "SELECT DISTINCT "
        + key()
        + " FROM "
        + (plan.options().onRead() ? keys.table() : entries.table())
        + where
        + " ORDER BY "
        + key()
        + " LIMIT ?";
  }

  /** Selects the number of disk pages of the entries' table. No parameters. */
  public String pages() {
    return "SELECT pg_relation_size('"
        + entries.table().replace("'", "''")
        + "'::regclass) / current_setting('block_size')::int";
  }

  /**
   * Selects the keys of a random sample of the entries; a key may occur several times. Parameters:
   * the percentage of disk pages to sample; how many keys.
   */
  public String randomKeys() {
    return "SELECT "
        + key()
        + " FROM "
        + entries.table()
        + " TABLESAMPLE SYSTEM (?) ORDER BY random() LIMIT ?";
  }

  /**
   * Selects the keys of the entries that were written last, out of a random sample of the entries.
   * Parameters: the percentage of disk pages to sample; how many of their entries; how many keys.
   */
  public String recentKeys() {
    return "SELECT "
        + key()
        + " FROM (SELECT "
        + key()
        + ", age(xmin) AS "
        + AGE
        + " FROM "
        + entries.table()
        + " TABLESAMPLE SYSTEM (?) ORDER BY random() LIMIT ?) e ORDER BY "
        + AGE
        + " LIMIT ?";
  }

  private String key() {
    return Names.POSTGRES.keys(plan, "", plan.key());
  }

  private String among(int count) {
    return "(" + key() + ") IN (" + String.join(", ", Collections.nCopies(count, tuple())) + ")";
  }

  private String tuple() {
    return "(" + String.join(", ", Collections.nCopies(plan.keyColumns(), "?")) + ")";
  }
}
