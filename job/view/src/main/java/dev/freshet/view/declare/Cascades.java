package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Column;
import dev.freshet.view.ForeignKey;
import dev.freshet.view.ForeignKey.OnDelete;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Adds the tables to a plan that foreign keys reference which change the view's rows. InnoDB
 * executes their actions without logging the changed rows, so the job needs the rows that cause
 * them.
 */
final class Cascades {
  private static final String RESTRICT = "make it RESTRICT";

  private final Declaration declaration;
  private final Refusals refusals;
  private final Catalogue catalogue;
  private final Scope scope;

  private Cascades(Declaration declaration, Refusals refusals, Catalogue catalogue, Scope scope) {
    this.declaration = declaration;
    this.refusals = refusals;
    this.catalogue = catalogue;
    this.scope = scope;
  }

  /** Adds the tables; call it when all columns that the view uses are marked. */
  static void add(Declaration declaration, Refusals refusals, Catalogue catalogue, Scope scope) {
    Cascades cascades = new Cascades(declaration, refusals, catalogue, scope);
    for (int node = 0; node < scope.size(); node++) {
      int index = node;
      refusals.check(() -> cascades.add(index));
    }
  }

  /** Adds what the foreign keys of a node reference. Each of them uses columns, for others too. */
  private void add(int index) {
    List<ForeignKey> left = new ArrayList<>(scope.node(index).table().foreignKeys());
    for (int i = 0; i < left.size(); i++) {
      if (acts(index, left.get(i))) {
        add(index, left.remove(i));
        i = -1;
      }
    }
  }

  /** Whether a foreign key deletes rows of a node, or changes columns that the view uses. */
  private boolean acts(int index, ForeignKey key) {
    return key.onDelete() == OnDelete.CASCADE || isUsed(index, key);
  }

  private boolean isUsed(int index, ForeignKey key) {
    return key.columns().stream().anyMatch(scope.node(index).used()::get);
  }

  private void add(int index, ForeignKey key) {
    Scope.Node node = scope.node(index);
    if (isRepeated(index, key)) {
      throw refuse(
          node.table(), key, "deletes rows of the table that it references in turn", RESTRICT);
    }
    Table table =
        catalogue
            .table(key.database(), key.table())
            .orElseThrow(
                () ->
                    refuse(
                        node.table(),
                        key,
                        "references a table that the account cannot see",
                        "give it the right to SELECT from " + key.database() + "." + key.table()));
    List<Integer> columns = key.references().stream().map(table::indexOf).toList();
    if (!isUnique(table, columns)) {
      throw refuse(
          node.table(), key, "references columns that are not a NOT NULL unique key", RESTRICT);
    }
    for (int i = 0; i < columns.size(); i++) {
      requireAlike(
          node.table(),
          key,
          node.table().columns().get(key.columns().get(i)),
          table.columns().get(columns.get(i)));
    }
    scope.addReferenced(
        node.alias() + " " + key.name(),
        table,
        new Scope.Join(columns, List.of(), index, key.columns(), false),
        new PlanNode.Action(key.name(), key.onDelete(), key.onUpdate()));
  }

  private ViewException refuse(Table table, ForeignKey key, String problem, String remedy) {
    return refusals.at(
        declaration.select(),
        "the foreign key '%s' of the table '%s' %s".formatted(key.name(), table.name(), problem),
        remedy);
  }

  /** Whether a foreign key is among those that lead to a node. */
  private boolean isRepeated(int index, ForeignKey key) {
    Table table = scope.node(index).table();
    for (int i = index; scope.node(i).action() != null; i = scope.node(i).parent()) {
      Scope.Node parent = scope.node(scope.node(i).parent());
      if (parent.table().equals(table) && scope.node(i).action().foreignKey().equals(key.name())) {
        return true;
      }
    }
    return key.database().equals(table.database())
        && key.table().equalsIgnoreCase(table.name())
        && key.onDelete() == OnDelete.CASCADE;
  }

  private static boolean isUnique(Table table, List<Integer> columns) {
    List<List<Integer>> keys = new ArrayList<>();
    keys.add(table.primaryKey());
    table.uniqueKeys().forEach(key -> keys.add(key.columns()));
    return keys.stream().anyMatch(key -> key.size() == columns.size() && columns.containsAll(key));
  }

  private void requireAlike(Table table, ForeignKey key, Column own, Column other) {
    Optional<String> against =
        ColumnRules.againstIdentity(own)
            .or(() -> ColumnRules.againstIdentity(other))
            .or(() -> ColumnRules.againstPair(own, other));
    against.ifPresent(
        reason -> {
          throw refuse(table, key, "cannot be followed: " + reason, RESTRICT);
        });
  }
}
