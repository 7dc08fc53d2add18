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

  /** The table of that name, if it is there. */
  public Optional<Table> table(String inDatabase, String name) {
    return tables.stream()
        .filter(t -> t.database().equals(inDatabase) && t.name().equals(name))
        .findFirst();
  }
}
