package dev.freshet.flow.generated;

import dev.freshet.flow.generated.SourceTable.Field;
import dev.freshet.flow.generated.SourceTable.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Makes tables that point at one another, without cycles. */
final class RandomSchema {
  private static final List<String> NAMES =
      List.of("c", "c", "Value", "order", "größe", "x y", "select", "user");

  private final Random random;
  private final String prefix;
  private final List<SourceTable> tables = new ArrayList<>();

  private RandomSchema(Random random, String prefix) {
    this.random = random;
    this.prefix = prefix;
  }

  /**
   * Two to four tables; the later point at the earlier.
   *
   * @param prefix of their names
   */
  static List<SourceTable> tables(Random random, String prefix) {
    RandomSchema schema = new RandomSchema(random, prefix);
    int count = 2 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      schema.tables.add(schema.table(i));
    }
    return List.copyOf(schema.tables);
  }

  private SourceTable table(int number) {
    List<Field> fields = new ArrayList<>();
    List<Integer> key = new ArrayList<>();
    for (int i = random.nextInt(3) == 0 ? 2 : 1; i > 0; i--) {
      key.add(0, fields.size());
      fields.add(field("k" + i, keyKind(), false));
    }
    if (key.stream().allMatch(place -> fields.get(place).kind().family().equals("year"))) {
      key.add(fields.size());
      fields.add(field("k0", Kind.ALL.get(0), false));
    }
    if (key.size() == 2 && random.nextBoolean()) {
      key = List.of(1, 0);
    }
    List<Reference> references = new ArrayList<>();
    for (int i = number == 0 ? 0 : 1 + random.nextInt(2); i > 0; i--) {
      references.add(reference(fields));
    }
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      fields.add(field(name(fields), pick(Kind.ALL), random.nextInt(3) > 0));
    }
    if (random.nextInt(4) == 0) {
      Field from = fields.get(fields.size() - 1);
      fields.add(
          new Field(
              "made",
              new Kind("TINYINT", "integer", false, true, List.of("0", "1")),
              false,
              pick(List.of(" STORED", " VIRTUAL")),
              from.quoted() + " IS NULL"));
    }
    return new SourceTable(
        prefix + "_t" + number,
        List.copyOf(fields),
        List.copyOf(key),
        random.nextInt(4) == 0,
        unique(fields, key),
        List.copyOf(references));
  }

  private List<Integer> unique(List<Field> fields, List<Integer> key) {
    if (random.nextInt(3) > 0) {
      return List.of();
    }
    List<Integer> unique = new ArrayList<>(key);
    for (int place = 0; place < fields.size(); place++) {
      Field field = fields.get(place);
      boolean fit = !field.nullable() && field.kind().key() && field.computed().isEmpty();
      if (fit && !key.contains(place) && unique.size() == key.size()) {
        unique.add(place);
      }
    }
    Collections.shuffle(unique, random);
    return unique.size() == key.size() ? List.of() : List.copyOf(unique);
  }

  /** Points at a table made before, by columns that are there or by new ones. */
  private Reference reference(List<Field> fields) {
    SourceTable target = pick(tables.subList(Math.max(0, tables.size() - 2), tables.size()));
    List<Integer> places = new ArrayList<>();
    boolean byUnique = !target.unique().isEmpty() && random.nextBoolean();
    List<Integer> key = byUnique ? target.unique() : target.key();
    for (int place : key) {
      Kind kind = target.fields().get(place).kind();
      int present = -1;
      for (int i = 0; i < fields.size(); i++) {
        if (fields.get(i).kind().joins(kind) && !places.contains(i)) {
          present = i;
        }
      }
      if (present >= 0 && random.nextInt(3) == 0) {
        places.add(present);
      } else {
        places.add(fields.size());
        fields.add(field("r" + fields.size(), relative(kind), random.nextInt(3) == 0));
      }
    }
    return new Reference(target, key, List.copyOf(places));
  }

  /** The same kind, or another that can be compared with it. */
  private Kind relative(Kind kind) {
    List<Kind> family = Kind.ALL.stream().filter(k -> k.key() && k.joins(kind)).toList();
    return random.nextInt(4) == 0 ? pick(family) : kind;
  }

  private Kind keyKind() {
    List<Kind> kinds = Kind.ALL.stream().filter(Kind::key).toList();
    return random.nextInt(3) == 0
        ? pick(kinds.stream().filter(k -> k.family().equals("integer")).toList())
        : pick(kinds);
  }

  private Field field(String name, Kind kind, boolean nullable) {
    boolean withDefault = nullable && kind.family().equals("integer") && random.nextInt(3) == 0;
    return new Field(name, kind, nullable, withDefault ? " DEFAULT 3" : "", "");
  }

  private String name(List<Field> fields) {
    String name = pick(NAMES);
    boolean taken = fields.stream().anyMatch(f -> f.name().equals(name));
    return taken || name.equals("c") ? "c" + fields.size() : name;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
