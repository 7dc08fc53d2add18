package dev.freshet.view;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * What MySQL's catalogue says of the tables that views name.
 *
 * @param database the schema that unqualified table names mean
 * @param tables each with all its columns
 */
public record Catalogue(String database, List<Table> tables) implements Serializable {
  public Catalogue {
    tables = List.copyOf(tables);
  }

  /**
   * The table that a view means by a name. The catalogue holds only tables that MySQL found by the
   * views' own names, so a table of that very spelling is meant; where there is none, MySQL ignored
   * letters' case.
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
