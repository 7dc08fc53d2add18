package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.store.CatalogueTable;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.StoredDeclaration;
import dev.freshet.view.declare.Suggestion;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The active generation of a view in the store's catalogue.
 *
 * @param schema the schema of the store
 * @param job the job that maintains it
 * @param keyGroups the number of key groups of that job
 */
public record ActiveView(ViewPlan plan, String schema, int generation, String job, int keyGroups) {

  /**
   * Looks up a view.
   *
   * @throws Failure if the store has no view with this name, or it is over events, which no MySQL
   *     has
   */
  public static ActiveView find(Config.Store store, Connection postgres, String name) {
    String schema = store.schema();
    List<String> names = new ArrayList<>();
    try {
      for (CatalogueTable.Entry entry : new CatalogueTable(schema).active(postgres)) {
        if (entry.view().equals(name)) {
          ViewPlan plan = StoredDeclaration.plan(entry.declaration(), entry.tables());
          if (plan.isOverEvents()) {
            throw new Failure(
                "View %s: it is over events, which cannot be verified, repaired or invalidated yet; to build it again, submit the job into a new store.schema without a savepoint"
                    .formatted(name));
          }
          return new ActiveView(plan, schema, entry.generation(), entry.job(), entry.keyGroups());
        }
        names.add(entry.view());
      }
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
    throw new Failure(
        "View %s: store %s has no view with this name; %s"
            .formatted(
                name, store, Suggestion.of(name, names, "it has " + String.join(", ", names))));
  }

  /** Returns the key group of a key. */
  int groupOf(Key key) {
    return KeyGroups.of(plan.viewKeyOf(key.values()), keyGroups);
  }
}
