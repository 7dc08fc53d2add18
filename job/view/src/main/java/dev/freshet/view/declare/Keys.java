package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.declare.Declaration.Name;
import dev.freshet.view.declare.Outputs.Item;
import java.util.ArrayList;
import java.util.List;

/**
 * The declared key and primary key. The primary key is the key and then the root's primary key, as
 * far as it is not in the key: that is what tells entries apart while the root's rows do.
 *
 * @param primaryKey places in the outputs, the key's first
 */
record Keys(List<Integer> primaryKey, int keyColumns) {
  Keys {
    primaryKey = List.copyOf(primaryKey);
  }

  static Keys read(Declaration declaration, List<Item> items, Scope scope) {
    return new Reading(declaration, items, scope).read();
  }

  private record Reading(Declaration declaration, List<Item> items, Scope scope) {
    Keys read() {
      Refusals refusals = declaration.refusals();
      List<Integer> key = new ArrayList<>();
      for (Name name : declaration.key()) {
        int place = place(name, "the key");
        checkKeyColumn(name, items.get(place));
        key.add(place);
      }
      List<Name> names = declaration.primaryKey();
      List<Integer> primaryKey = new ArrayList<>();
      for (Name name : names) {
        primaryKey.add(place(name, "the primary key"));
      }
      if (primaryKey.size() < key.size() || !primaryKey.subList(0, key.size()).equals(key)) {
        throw refusals.at(
            names.get(0).line(),
            "the primary key does not begin with the key",
            "write " + remedy(key));
      }
      for (int i = key.size(); i < names.size(); i++) {
        Item item = items.get(primaryKey.get(i));
        boolean ofRoot =
            scope.node(0).table().primaryKey().stream().anyMatch(c -> item.shows(0, c));
        if (!ofRoot) {
          throw refusals.at(
              names.get(i).line(),
              "'" + names.get(i).text() + "' is neither of the key nor of the root's primary key",
              "write " + remedy(key));
        }
      }
      for (int column : scope.node(0).table().primaryKey()) {
        checkHolds(primaryKey, column, key);
      }
      return new Keys(primaryKey, key.size());
    }

    private void checkHolds(List<Integer> primaryKey, int column, List<Integer> key) {
      boolean holds = primaryKey.stream().anyMatch(place -> items.get(place).shows(0, column));
      if (!holds) {
        throw declaration
            .refusals()
            .at(
                declaration.primaryKey().get(0).line(),
                "the primary key leaves out '" + rootColumn(column) + "' of the root's primary key",
                "select "
                    + scope.node(0).alias()
                    + "."
                    + rootColumn(column)
                    + " and write "
                    + remedy(key));
      }
    }

    private String rootColumn(int column) {
      return scope.node(0).table().columns().get(column).name();
    }

    /** The primary key that the view would have to declare. */
    private String remedy(List<Integer> key) {
      List<String> names = new ArrayList<>();
      key.forEach(place -> names.add(items.get(place).column().name()));
      for (int column : scope.node(0).table().primaryKey()) {
        boolean inKey = key.stream().anyMatch(place -> items.get(place).shows(0, column));
        if (!inKey) {
          names.add(
              items.stream()
                  .filter(i -> i.shows(0, column))
                  .map(i -> i.column().name())
                  .findFirst()
                  .orElse(rootColumn(column)));
        }
      }
      return "PRIMARY KEY (" + String.join(", ", names) + ")";
    }

    private int place(Name name, String of) {
      int place = Outputs.indexOf(items, name.text());
      if (place < 0) {
        throw declaration
            .refusals()
            .at(
                name.line(),
                "'" + name.text() + "' of " + of + " is not in the SELECT list",
                Suggestion.of(name.text(), Outputs.names(items), "select it"));
      }
      return place;
    }

    private void checkKeyColumn(Name name, Item item) {
      Column column = item.column();
      if (!item.isColumn()) {
        throw declaration
            .refusals()
            .at(
                name.line(),
                "the key column '" + name.text() + "' is computed",
                "take a column; MySQL has no index for computed keys");
      }
      if (scope.node(item.node()).mayBeMissing()) {
        throw declaration
            .refusals()
            .at(
                name.line(),
                "the key column '" + name.text() + "' comes from a LEFT JOIN",
                "take one from the root or from an inner join");
      }
      if (column.nullable()) {
        throw declaration
            .refusals()
            .at(
                name.line(),
                "the key column '" + name.text() + "' may be NULL",
                "declare it NOT NULL in MySQL, or take another");
      }
      ColumnRules.againstIdentity(column)
          .ifPresent(
              reason -> {
                throw declaration
                    .refusals()
                    .at(
                        name.line(),
                        "'" + name.text() + "' cannot be of the key: " + reason,
                        "take another");
              });
    }
  }
}
