package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.declare.Declaration.Name;
import dev.freshet.view.declare.Outputs.Item;
import java.util.ArrayList;
import java.util.List;

/**
 * The declared key and primary key. The primary key must be the key's columns, then those columns
 * of the root's primary key that are not in the key. Then it is unique because each entry has its
 * own root row.
 *
 * @param primaryKey indexes into the outputs; the key's columns first
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
        int index = indexOf(name, "the key");
        checkKeyColumn(name, items.get(index));
        key.add(index);
      }
      List<Name> names = declaration.primaryKey();
      List<Integer> primaryKey = new ArrayList<>();
      for (Name name : names) {
        primaryKey.add(indexOf(name, "the primary key"));
      }
      if (primaryKey.size() < key.size() || !primaryKey.subList(0, key.size()).equals(key)) {
        throw refusals.at(
            names.get(0).line(),
            "the primary key does not begin with the key",
            "write " + remedy(key));
      }
      for (int i = key.size(); i < names.size(); i++) {
        Item item = items.get(primaryKey.get(i));
        boolean ofRoot = scope.node(0).table().primaryKey().stream().anyMatch(c -> holds(item, c));
        if (!ofRoot) {
          throw refusals.at(
              names.get(i).line(),
              "'" + names.get(i).text() + "' is neither in the key nor in the root's primary key",
              "write " + remedy(key));
        }
      }
      for (int column : scope.node(0).join().key()) {
        checkHolds(primaryKey, column, key);
      }
      return new Keys(primaryKey, key.size());
    }

    private void checkHolds(List<Integer> primaryKey, int column, List<Integer> key) {
      boolean holds = primaryKey.stream().anyMatch(index -> holds(items.get(index), column));
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

    /** Whether an item has the values of a root's column. */
    private boolean holds(Item item, int column) {
      return item.value() instanceof Expr.ColumnRef ref && scope.equalsRoot(ref, column);
    }

    private String rootColumn(int column) {
      return scope.node(0).table().columns().get(column).name();
    }

    /** The primary key that the view has to declare. */
    private String remedy(List<Integer> key) {
      List<String> names = new ArrayList<>();
      key.forEach(index -> names.add(items.get(index).column().name()));
      for (int column : scope.node(0).join().key()) {
        boolean inKey = key.stream().anyMatch(index -> holds(items.get(index), column));
        if (!inKey) {
          names.add(
              items.stream()
                  .filter(i -> holds(i, column))
                  .map(i -> i.column().name())
                  .findFirst()
                  .orElse(rootColumn(column)));
        }
      }
      return "PRIMARY KEY (" + String.join(", ", names) + ")";
    }

    private int indexOf(Name name, String of) {
      int index = Outputs.indexOf(items, name.text());
      if (index < 0) {
        throw declaration
            .refusals()
            .at(
                name.line(),
                "'" + name.text() + "' of " + of + " is not in the SELECT list",
                Suggestion.of(name.text(), Outputs.names(items), "select it"));
      }
      return index;
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
      ColumnRules.againstIdentity(column)
          .ifPresent(
              reason -> {
                throw declaration
                    .refusals()
                    .at(
                        name.line(),
                        "'" + name.text() + "' cannot be in the key: " + reason,
                        "take another");
              });
    }
  }
}
