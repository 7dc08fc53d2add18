package dev.freshet.cli.verify;

import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.cli.config.Config;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Suggestion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The active generation of a view, as the store's catalogue has it.
 *
 * @param schema of the store
 * @param job that keeps it
 * @param keyGroups of that job
 */
public record VerifiedView(
    ViewPlan plan, String schema, int generation, String job, int keyGroups) {

  /**
   * Looks a view up.
   *
   * @throws Failure when the store has none of that name
   */
  public static VerifiedView find(Config.Store store, Connection postgres, String name) {
    String schema = store.schema();
    List<String> names = new ArrayList<>();
    try (Statement statement = postgres.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT view, generation, declaration, tables, key_groups, job FROM "
                    + "\"%s\".catalogue WHERE active ORDER BY view"
                        .formatted(schema.replace("\"", "\"\"")))) {
      while (rows.next()) {
        if (rows.getString(1).equals(name)) {
          return new VerifiedView(
              Planner.plan(rows.getString(3), CatalogueJson.read(rows.getString(4))),
              schema,
              rows.getInt(2),
              rows.getString(6),
              rows.getInt(5));
        }
        names.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw Databases.failed("Store " + store, e);
    }
    throw new Failure(
        "View %s: store %s has none of that name; %s"
            .formatted(
                name, store, Suggestion.of(name, names, "it has " + String.join(", ", names))));
  }

  /** The key group whose writer keeps a key. */
  int groupOf(Key key) {
    return KeyGroups.of(plan.viewKeyOf(key.values()), keyGroups);
  }
}
