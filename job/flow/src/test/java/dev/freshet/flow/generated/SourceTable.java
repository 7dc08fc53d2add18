package dev.freshet.flow.generated;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table of a random schema.
 *
 * @param key places of the primary key's columns, in its order
 * @param standIn whether a unique key stands in for the primary key
 * @param unique places of a unique key's columns, in its order; it contains the primary key, so
 *     that no other rows violate it. Empty if there is none
 * @param references to tables made before
 */
record SourceTable(
    String name,
    List<Field> fields,
    List<Integer> key,
    boolean standIn,
    List<Integer> unique,
    List<Reference> references) {
  /**
   * A column.
   *
   * @param computed what MySQL computes it from; empty for one that is written
   */
  record Field(String name, Kind kind, boolean nullable, String extra, String computed) {
    String quoted() {
      return "`" + name + "`";
    }

    private String definition() {
      return quoted()
          + " "
          + kind.type()
          + (computed.isEmpty()
              ? (nullable ? " NULL" : " NOT NULL") + extra
              : " AS (" + computed + ")" + extra + (nullable ? "" : " NOT NULL"));
    }
  }

  /**
   * A foreign key; MySQL is not told of it.
   *
   * @param key places of the target's columns: its primary key or its unique key
   * @param fields places of the columns that equal these
   */
  record Reference(SourceTable target, List<Integer> key, List<Integer> fields) {}

  String create() {
    return "CREATE TABLE "
        + name
        + " ("
        + fields.stream().map(Field::definition).collect(Collectors.joining(", "))
        + (standIn ? ", UNIQUE KEY p (" : ", PRIMARY KEY (")
        + list(key)
        + (unique.isEmpty() ? "" : "), UNIQUE KEY u (" + list(unique))
        + ")) CHARACTER SET utf8mb4";
  }

  private String list(List<Integer> places) {
    return places.stream()
        .map(place -> fields.get(place).quoted())
        .collect(Collectors.joining(", "));
  }

  /** Places of the columns that are written. */
  List<Integer> written() {
    return java.util.stream.IntStream.range(0, fields.size())
        .filter(place -> fields.get(place).computed().isEmpty())
        .boxed()
        .toList();
  }
}
