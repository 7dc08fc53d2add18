package dev.freshet.flow.sim;

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

  /** A change of one row; {@code before} or {@code after} may be null. */
  record Change(int node, Object[] before, Object[] after) {}

  /** A transaction with the places where it begins and ends. */
  record Transaction(long begin, long end, List<Change> changes) {}

  final ViewPlan view;
  final List<Transaction> transactions = new ArrayList<>();
  private final NavigableMap<Long, Tables> states = new TreeMap<>();
  private final Random random;
  private Tables now;
  private long place = 10;

  History(ViewPlan view, int count, Random random) {
    this.view = view;
    this.random = random;
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
    long begin = place + 1 + random.nextInt(3);
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
      table.remove(id);
      changes.add(new Change(node, before, null));
    } else if (random.nextInt(6) == 0) {
      long other = random.nextInt(IDS);
      if (!table.containsKey(other)) {
        Object[] moved = before.clone();
        moved[RandomPlan.ID] = other;
        table.remove(id);
        changes.add(new Change(node, before, null));
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

  private void put(int node, Object[] before, Object[] after, List<Change> changes) {
    now.table(node).put((Long) after[RandomPlan.ID], after);
    changes.add(new Change(node, before, after));
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
