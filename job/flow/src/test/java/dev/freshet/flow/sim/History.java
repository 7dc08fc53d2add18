package dev.freshet.flow.sim;

import dev.freshet.flow.log.Poison;
import dev.freshet.view.ForeignKey;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A random source: transactions over a view's tables with several changes of one row, foreign keys
 * that move, rows that vanish and come back, primary keys that change; and the model's answer after
 * each.
 */
final class History {
  private static final int IDS = 5;

  /** Free places between two transactions. */
  static final int GAP = 20;

  /**
   * A change of one row; {@code before} or {@code after} may be null, and each poison.
   *
   * @param acts whether foreign keys act on a deletion
   */
  record Change(
      int node,
      Object[] before,
      Object[] after,
      Poison poisonBefore,
      Poison poisonAfter,
      boolean acts) {}

  /** A transaction with the places where it begins and ends. */
  record Transaction(long begin, long end, List<Change> changes) {}

  final ViewPlan view;
  final List<Transaction> transactions = new ArrayList<>();
  private final NavigableMap<Long, Tables> states = new TreeMap<>();
  private final Random random;
  private final double poisonRate;
  private Tables now;
  private long place = 10;

  /**
   * A history.
   *
   * @param poisonRate how many of the changes cannot be handled at first
   */
  History(ViewPlan view, int count, double poisonRate, Random random) {
    this.view = view;
    this.random = random;
    this.poisonRate = poisonRate;
    this.now = new Tables(view);
    for (int i = 0; i < 12; i++) {
      change(random.nextInt(view.nodes().size()), new ArrayList<>());
    }
    states.put(place, now.copy());
    for (int i = 0; i < count; i++) {
      transact();
    }
  }

  long firstPlace() {
    return states.firstKey();
  }

  long lastPlace() {
    return states.lastKey();
  }

  /** The tables after all transactions that end at or before a place. */
  Tables at(long version) {
    return states.floorEntry(version).getValue();
  }

  Map<Long, Map<Long, String>> answerAt(long version) {
    return at(version).answer();
  }

  private void transact() {
    long begin = place + GAP + random.nextInt(3);
    List<Change> changes = new ArrayList<>();
    int count = random.nextInt(5);
    for (int i = 0; i < count; i++) {
      change(random.nextInt(view.nodes().size()), changes);
    }
    place = begin + 1 + random.nextInt(4);
    transactions.add(new Transaction(begin, place, changes));
    states.put(place, now.copy());
  }

  private void change(int node, List<Change> changes) {
    SortedMap<Long, Object[]> table = now.table(node);
    long id = random.nextInt(IDS);
    Object[] before = table.get(id);
    if (before == null) {
      put(node, null, row(node, id), changes);
    } else if (random.nextInt(4) == 0) {
      remove(node, before, random.nextInt(4) != 0, changes);
    } else if (random.nextInt(6) == 0) {
      long other = random.nextInt(IDS);
      if (!table.containsKey(other)) {
        Object[] moved = before.clone();
        moved[RandomPlan.ID] = other;
        remove(node, before, false, changes);
        put(node, null, moved, changes);
      }
    } else {
      Object[] after = before.clone();
      Object[] fresh = row(node, id);
      int column = 1 + random.nextInt(after.length - 1);
      after[column] = fresh[column];
      put(node, before, after, changes);
    }
  }

  private void remove(int node, Object[] before, boolean acts, List<Change> changes) {
    now.table(node).remove((Long) before[RandomPlan.ID]);
    Poison old = now.poison(node).remove((Long) before[RandomPlan.ID]);
    changes.add(new Change(node, before, null, old, null, acts));
    if (acts) {
      carryOn(node, (Long) before[RandomPlan.ID]);
    }
  }

  /** What foreign keys do after a deletion, which no change tells. */
  private void carryOn(int node, long id) {
    PlanNode deleted = view.nodes().get(node);
    if (deleted.isShown()) {
      return;
    }
    int column = deleted.foreignKey().get(0);
    SortedMap<Long, Object[]> table = now.table(deleted.parent());
    for (Object[] row : List.copyOf(table.values())) {
      if (row[column] != null && (Long) row[column] == id) {
        Long own = (Long) row[RandomPlan.ID];
        if (deleted.action().onDelete() == ForeignKey.OnDelete.CASCADE) {
          table.remove(own);
          now.poison(deleted.parent()).remove(own);
          carryOn(deleted.parent(), own);
        } else {
          Object[] next = row.clone();
          next[column] = null;
          table.put(own, next);
        }
      }
    }
  }

  private void put(int node, Object[] before, Object[] after, List<Change> changes) {
    Long id = (Long) after[RandomPlan.ID];
    Poison old = now.poison(node).remove(id);
    Poison poison = random.nextDouble() < poisonRate ? poison(random) : null;
    if (poison != null && !maybePoison(node, poison)) {
      poison = null;
    }
    now.table(node).put(id, after);
    if (poison != null) {
      now.poison(node).put(id, poison);
    }
    changes.add(new Change(node, before, after, old, poison, false));
  }

  /** A foreign key's columns are always readable, and nothing is computed for its other table. */
  private boolean maybePoison(int node, Poison poison) {
    return view.nodes().get(node).isShown()
        && (poison.placed()
            || view.nodes().stream().allMatch(n -> n.isShown() || n.parent() != node));
  }

  /** What MySQL's own answer cannot tell either, whoever asks. */
  static final String FOR_GOOD = "its key, for good";

  /** Of a cause that may pass, that stays, or that hides whom the row touches. */
  static Poison poison(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Poison(Reason.UNREADABLE, false, random.nextInt(3) == 0 ? FOR_GOOD : "its key");
      case 1 -> new Poison(Reason.FAILED, true, "once");
      default -> new Poison(Reason.UNSTORABLE, true, "NUL");
    };
  }

  /** What can be seen of a row. */
  static Object[] visible(Object[] row, Poison poison) {
    if (row == null || poison == null || poison.reason() == Reason.FAILED) {
      return row;
    }
    Object[] visible = row.clone();
    visible[RandomPlan.W] = null;
    if (!poison.placed()) {
      for (int i = 1; i < visible.length; i++) {
        visible[i] = null;
      }
    }
    return visible;
  }

  private Object[] row(int node, long id) {
    Object[] row = new Object[view.nodes().get(node).table().columns().size()];
    row[RandomPlan.ID] = id;
    row[RandomPlan.V] = (long) random.nextInt(3);
    row[RandomPlan.W] = (long) random.nextInt(3);
    for (int i = RandomPlan.FIRST_FOREIGN_KEY; i < row.length; i++) {
      row[i] = random.nextInt(5) == 0 ? null : (Long) (long) random.nextInt(IDS);
    }
    return row;
  }
}
