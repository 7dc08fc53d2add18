package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.config.Config;
import dev.freshet.store.KeyQueries;
import dev.freshet.view.Key;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.StoreLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads keys that have entries in the store. */
final class StoreKeys {
  /** The minimum number of pages that a sample reads; a page has some dozens of entries. */
  private static final double SAMPLED_PAGES = 64;

  /** Of this number of sampled entries the most recently written one is chosen. */
  private static final int TOURNAMENT = 50;

  private final Config.Store store;
  private final Connection postgres;
  private final ActiveView view;
  private final KeyQueries queries;
  private final KeyRows rows;

  StoreKeys(Config.Store store, Connection postgres, ActiveView view) {
    this.store = store;
    this.postgres = postgres;
    this.view = view;
    this.queries = new KeyQueries(view.plan(), view.schema(), view.generation());
    this.rows = new KeyRows(view.plan(), JdbcValues.POSTGRES);
  }

  /**
   * Returns the next keys in Postgres's order.
   *
   * @param last the last key of the previous call; null for the first call
   * @param most the maximum number of keys
   */
  List<Key> after(Key last, int most) {
    String sql = last == null ? queries.firstKeys() : queries.nextKeys();
    return ask(
        sql, statement -> statement.setInt(last == null ? 1 : rows.bind(statement, 1, last), most));
  }

  /** Returns the invalid keys. */
  List<Key> invalid() {
    return ask(queries.invalid(), statement -> {});
  }

  /** Returns those of the given keys that have entries. */
  Set<Key> present(Collection<Key> keys) {
    List<Key> asked =
        keys.stream()
            .filter(key -> StoreLimits.hasKey(view.plan(), Arrays.asList(key.values())))
            .toList();
    return asked.isEmpty()
        ? Set.of()
        : new HashSet<>(
            ask(queries.present(asked.size()), statement -> rows.bind(statement, asked)));
  }

  /** Returns keys of random entries, possibly with duplicates. */
  List<Key> random(int count) {
    float percent = percent(count);
    return ask(
        queries.randomKeys(),
        statement -> {
          statement.setFloat(1, percent);
          statement.setInt(2, count);
        });
  }

  /** Returns keys of recently written entries, possibly with duplicates. */
  List<Key> recent(int count) {
    float percent = percent(count * TOURNAMENT);
    return ask(
        queries.recentKeys(),
        statement -> {
          statement.setFloat(1, percent);
          statement.setInt(2, count * TOURNAMENT);
          statement.setInt(3, count);
        });
  }

  /**
   * Returns the percentage of pages to sample for a number of entries, assuming a dozen entries in
   * each page.
   */
  private float percent(int entries) {
    try (Statement statement = postgres.createStatement();
        ResultSet row = statement.executeQuery(queries.pages())) {
      row.next();
      double pages = Math.max(1, row.getLong(1));
      double wanted = Math.max(SAMPLED_PAGES, entries / 12.0);
      return (float) Math.min(100, 100 * wanted / pages);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private interface Binding {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private List<Key> ask(String sql, Binding binding) {
    try (PreparedStatement statement = postgres.prepareStatement(sql)) {
      binding.bind(statement);
      return rows.keys(statement);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private RuntimeException failed(SQLException e) {
    return Databases.failed("Store " + store, e);
  }
}
