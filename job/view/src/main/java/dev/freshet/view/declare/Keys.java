package dev.freshet.view.declare;

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

  /** The keys of a declaration whose keys are refused. */
  static final Keys NONE = new Keys(List.of(), 0);

  static Keys read(Declaration declaration, Refusals refusals, List<Item> items, Scope scope) {
    return new Reading(declaration, refusals, items, scope).read();
  }

  private record Reading(
      Declaration declaration, Refusals refusals, List<Item> items, Scope scope) {
    Keys read() {
      List<Integer> key = new ArrayList<>();
      List<Name> names = declaration.primaryKey();
      List<Integer> primaryKey = new ArrayList<>();
      boolean complete = !scope.isIncomplete() && !names.isEmpty() && !declaration.key().isEmpty();
      for (Name name : declaration.key()) {
        complete &= refusals.check(() -> key.add(keyColumn(name)));
      }
      for (Name name : names) {
        boolean ofKey =
            declaration.key().stream().anyMatch(k -> k.text().equalsIgnoreCase(name.text()));
        complete &=
            ofKey
                ? primaryKey.addAll(named(name))
                : refusals.check(() -> primaryKey.add(indexOf(name, "the primary key")));
      }
      if (!complete) {
        throw refusals.consequence();
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
        throw refusals.at(
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
        refusals.skipExcused(Outputs.ALL);
        throw refusals.unlessExcused(
            name.text(),
            refusals.at(
                name.line(),
                "'" + name.text() + "' of " + of + " is not in the SELECT list",
                Suggestion.of(name.text(), Outputs.names(items), "select it")));
      }
      return index;
    }

    /** The index of the output with a name; none if there is no such output. */
    private List<Integer> named(Name name) {
      int index = Outputs.indexOf(items, name.text());
      return index < 0 ? List.of() : List.of(index);
    }

    private int keyColumn(Name name) {
      int index = indexOf(name, "the key");
      if (!items.get(index).isColumn()) {
        throw refusals.at(
            name.line(),
            "the key column '" + name.text() + "' is computed",
            "take a column, such as a STORED generated column with this value; MySQL has no index for computed keys");
      }
      ColumnRules.againstIdentity(items.get(index).column())
          .ifPresent(
              reason -> {
                throw refusals.at(
                    name.line(),
                    "'" + name.text() + "' cannot be in the key: " + reason,
                    ColumnRules.instead(items.get(index).column(), "take another"));
              });
      return index;
    }
  }
}
