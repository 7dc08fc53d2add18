package dev.freshet.flow.generated;

import dev.freshet.flow.generated.SourceTable.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes rows and transactions over random tables. */
final class RandomChanges {
  private final Random random;
  private final List<SourceTable> tables;

  RandomChanges(Random random, List<SourceTable> tables) {
    this.random = random;
    this.tables = tables;
  }

  /** Rows to begin with. */
  List<String> rows(int perTable) {
    List<String> inserts = new ArrayList<>();
    for (SourceTable table : tables) {
      for (int i = 0; i < perTable; i++) {
        inserts.add(insert("INSERT IGNORE INTO ", table));
      }
    }
    return inserts;
  }

  /** The statements of one transaction; often several on one row. */
  List<String> transaction() {
    List<String> changes = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      SourceTable table = pick(tables);
      String row = whereKey(table);
      switch (random.nextInt(8)) {
        case 0 -> changes.add(insert("INSERT IGNORE INTO ", table));
        case 1 -> changes.add(insert("REPLACE INTO ", table));
        case 2 -> changes.add("DELETE FROM " + table.name() + row);
        case 3 -> {
          changes.add(update(table, row));
          changes.add(update(table, row));
        }
        case 4 -> {
          changes.add("DELETE FROM " + table.name() + anyRow(table));
          changes.add(insert("INSERT IGNORE INTO ", table));
        }
        case 5 -> changes.add(changeKey(table));
        default -> changes.add(update(table, anyRow(table)));
      }
    }
    return changes;
  }

  /** A row that is there, if there is one behind a place by chance. */
  private String anyRow(SourceTable table) {
    Field first = table.fields().get(table.key().get(0));
    String behind =
        random.nextInt(3) == 0 ? "" : " WHERE " + first.quoted() + " >= " + value(first);
    return behind
        + " ORDER BY "
        + table.key().stream()
            .map(place -> table.fields().get(place).quoted())
            .collect(Collectors.joining(", "))
        + " LIMIT 1";
  }

  private String insert(String verb, SourceTable table) {
    List<Integer> written = table.written();
    return verb
        + table.name()
        + " ("
        + written.stream()
            .map(place -> table.fields().get(place).quoted())
            .collect(Collectors.joining(", "))
        + ") VALUES ("
        + written.stream()
            .map(place -> value(table.fields().get(place)))
            .collect(Collectors.joining(", "))
        + ")";
  }

  private String update(SourceTable table, String rows) {
    List<String> changes = new ArrayList<>();
    List<Integer> others = new ArrayList<>(table.written());
    others.removeAll(table.key());
    for (int i = random.nextInt(3); i >= 0; i--) {
      Field field = table.fields().get(pick(others));
      if (changes.stream().noneMatch(c -> c.startsWith(field.quoted()))) {
        changes.add(field.quoted() + " = " + value(field));
      }
    }
    return "UPDATE IGNORE " + table.name() + " SET " + String.join(", ", changes) + rows;
  }

  private String changeKey(SourceTable table) {
    Field field = table.fields().get(pick(table.key()));
    return "UPDATE IGNORE "
        + table.name()
        + " SET "
        + field.quoted()
        + " = "
        + value(field)
        + whereKey(table);
  }

  private String whereKey(SourceTable table) {
    return " WHERE "
        + table.key().stream()
            .map(place -> table.fields().get(place))
            .map(field -> field.quoted() + " = " + value(field))
            .collect(Collectors.joining(" AND "));
  }

  private String value(Field field) {
    return field.nullable() && random.nextInt(5) == 0 ? "NULL" : value(field.kind());
  }

  private String value(Kind kind) {
    List<String> values = kind.values();
    // The tables share few values, so that most references meet a row.
    String value = pick(values);
    boolean fits = !kind.type().startsWith("VARCHAR(6)") || value.length() < 9;
    return fits ? value : values.get(0);
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
