package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * The tables that views name, as MySQL's {@code information_schema} describes them.
 *
 * @param database the schema of unqualified table names
 * @param tables the tables, each with all its columns
 */
public record Catalogue(String database, List<Table> tables) implements Serializable {
  public Catalogue {
    tables = List.copyOf(tables);
  }

  /**
   * Finds the table that a view names; empty if it is not in the catalogue. A table with exactly
   * this spelling is preferred; otherwise case is ignored, because the catalogue holds only tables
   * that MySQL itself found by the views' names.
   */
  public Optional<Table> table(String inDatabase, String name) {
    List<Table> spelled =
        tables.stream()
            .filter(t -> t.database().equals(inDatabase) && t.name().equals(name))
            .toList();
    List<Table> found =
        spelled.isEmpty()
            ? tables.stream()
                .filter(
                    t ->
                        t.database().equalsIgnoreCase(inDatabase)
                            && t.name().equalsIgnoreCase(name))
                .toList()
            : spelled;
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }
}
