package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.ViewPlan;
import java.util.List;

/** Plans the declarations that a store has in its catalogue. */
public final class StoredDeclaration {
  private StoredDeclaration() {}

  /** The tables that the store's catalogue has for a read model over events: none. */
  public static String noTables() {
    return CatalogueJson.write(new Catalogue("", List.of()));
  }

  /**
   * Plans a view over tables, or a read model over events.
   *
   * @param text the whole text of the declaration
   * @param tables the tables that the view was planned from, as {@link CatalogueJson} writes them
   * @throws ViewException if this version of Freshet does not support the view
   * @throws IllegalArgumentException if the tables cannot be read
   */
  public static ViewPlan plan(String text, String tables) {
    return EventPlanner.isOne(text)
        ? EventPlanner.plan(text).plan()
        : Planner.plan(text, CatalogueJson.read(tables));
  }
}
