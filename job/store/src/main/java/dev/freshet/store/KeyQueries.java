package dev.freshet.store;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.Names;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Statements that read many keys of a view from the store: to go over all of them, to draw some at
 * random, and to read what the store has of them. Keys are selected, and bound, as their values in
 * declared order.
 */
public final class KeyQueries {
  private final ViewPlan plan;
  private final EntriesTable entries;
  private final KeysTable keys;

  public KeyQueries(ViewPlan plan, String schema, int generation) {
    this.plan = plan;
    this.entries = new EntriesTable(plan, schema, generation);
    this.keys = new KeysTable(plan, schema, generation);
  }

  /**
   * The entries of some keys: the outputs in their order. Parameters: the keys.
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
   * The headers of some keys: key, {@code reason} (NULL where it is valid). Parameters: the keys.
   *
   * @param count how many keys
   */
  public String headers(int count) {
    return "SELECT " + key() + ", reason FROM " + keys.table() + " WHERE " + among(count);
  }

  /** The keys that are not valid. No parameters. */
  public String invalid() {
    return "SELECT " + key() + " FROM " + keys.table() + " WHERE reason IS NOT NULL";
  }

  /**
   * Those of some keys that have entries. Parameters: the keys.
   *
   * @param count how many keys
   */
  public String present(int count) {
    return "SELECT DISTINCT " + key() + " FROM " + entries.table() + " WHERE " + among(count);
  }

  /** The first keys in Postgres's order. Parameter: how many. */
  public String firstKeys() {
    return page("");
  }

  /** The keys that follow a key in Postgres's order. Parameters: the key, how many. */
  public String nextKeys() {
    return page(" WHERE (" + key() + ") > " + tuple());
  }

  /** A key that is populated on read may have no entry. */
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

  /** How many pages Postgres keeps the entries in. No parameters. */
  public String pages() {
    return "SELECT pg_relation_size('"
        + entries.table().replace("'", "''")
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
        + entries.table()
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
        + entries.table()
        + " TABLESAMPLE SYSTEM (?) ORDER BY random() LIMIT ?) e ORDER BY _age LIMIT ?";
  }

  private String key() {
    return Names.POSTGRES.list(plan, "", plan.key());
  }

  private String among(int count) {
    return "(" + key() + ") IN (" + String.join(", ", Collections.nCopies(count, tuple())) + ")";
  }

  private String tuple() {
    return "(" + String.join(", ", Collections.nCopies(plan.keyColumns(), "?")) + ")";
  }
}
