package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.config.Config;
import dev.freshet.store.VerificationTable;
import dev.freshet.view.Key;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Writes the outcomes of a verification to the store, for the readers' metrics and the command
 * {@code status}.
 */
final class Ledger {
  private final Config.Store store;
  private final Connection postgres;
  private final VerificationTable table;
  private final String view;
  private final KeyForm form;

  Ledger(Config.Store store, Connection postgres, ActiveView view) {
    this.store = store;
    this.postgres = postgres;
    this.table = new VerificationTable(store.schema());
    this.view = view.plan().view();
    this.form = new KeyForm(view.plan());
    try (Statement statement = postgres.createStatement()) {
      // A store of an older job lacks the table.
      statement.execute(table.create());
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
  }

  void add(Map<Key, Outcome> outcomes) {
    OutcomeCounts outcomeCounts = new OutcomeCounts();
    outcomeCounts.add(outcomes.values());
    VerificationTable.Result counts =
        new VerificationTable.Result(
            Instant.EPOCH,
            outcomeCounts.verified(),
            outcomeCounts.inconclusive(),
            outcomeCounts.mismatched(),
            outcomeCounts.notServed(),
            keys(outcomes, outcome -> outcome instanceof Outcome.Mismatched));
    try {
      table.add(
          postgres, view, counts, keys(outcomes, outcome -> outcome instanceof Outcome.Verified));
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
  }

  /** Returns the keys that differed when they were last compared. */
  List<Key> open() {
    try {
      VerificationTable.Result result = table.read(postgres).get(view);
      return result == null ? List.of() : result.open().stream().map(form::parse).toList();
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
  }

  private List<String> keys(Map<Key, Outcome> outcomes, Predicate<Outcome> wanted) {
    return outcomes.entrySet().stream()
        .filter(each -> wanted.test(each.getValue()))
        .map(each -> form.print(each.getKey()))
        .limit(VerificationTable.MOST_OPEN)
        .toList();
  }
}
