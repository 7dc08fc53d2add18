package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.cli.config.Config;
import dev.freshet.view.Key;
import dev.freshet.view.sql.VerificationTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Writes what came of verifying a view into the store, for readers' metrics and for status. */
final class Ledger {
  private final Config.Store store;
  private final Connection postgres;
  private final VerificationTable table;
  private final String view;
  private final KeyForm form;

  Ledger(Config.Store store, Connection postgres, VerifiedView view) {
    this.store = store;
    this.postgres = postgres;
    this.table = new VerificationTable(store.schema());
    this.view = view.plan().view();
    this.form = new KeyForm(view.plan());
    try (Statement statement = postgres.createStatement()) {
      // A store that an older job made has none.
      statement.execute(table.create());
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
  }

  void add(Map<Key, Outcome> outcomes) {
    Tally tally = new Tally();
    tally.add(outcomes.values());
    try (PreparedStatement statement = postgres.prepareStatement(table.add())) {
      statement.setString(1, view);
      statement.setLong(2, tally.verified());
      statement.setLong(3, tally.inconclusive());
      statement.setLong(4, tally.mismatched());
      statement.setLong(5, tally.notServed());
      statement.setArray(
          6,
          postgres.createArrayOf(
              "text", keys(outcomes, outcome -> outcome instanceof Outcome.Mismatched)));
      statement.setArray(
          7,
          postgres.createArrayOf(
              "text", keys(outcomes, outcome -> outcome instanceof Outcome.Verified)));
      statement.executeUpdate();
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
  }

  /** The keys that were found mismatched and not verified since. */
  List<Key> open() {
    try (PreparedStatement statement = postgres.prepareStatement(table.selectOpen())) {
      statement.setString(1, view);
      List<Key> keys = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          keys.add(form.parse(rows.getString(1)));
        }
      }
      return keys;
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
  }

  private Object[] keys(Map<Key, Outcome> outcomes, Predicate<Outcome> wanted) {
    return outcomes.entrySet().stream()
        .filter(each -> wanted.test(each.getValue()))
        .map(each -> form.print(each.getKey()))
        .limit(VerificationTable.MOST_OPEN)
        .toArray(String[]::new);
  }
}
