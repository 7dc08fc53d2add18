package dev.freshet.flow.store;

import dev.freshet.flow.log.Note;
import dev.freshet.flow.log.Unplaced;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rows that nobody can place, by view. What is told takes effect at its watermark.
 *
 * <p>Wherever the store holds an entry of such a row, it goes: after a restore it may be there from
 * a retry that placed the row and is yet to come again, under a key that nobody knows.
 */
public final class UnplacedRows {
  private final Map<Integer, Set<Key>> rows = new TreeMap<>();
  private final Map<Integer, Set<Key>> entriesToGo = new TreeMap<>();
  private List<Unplaced> later = new ArrayList<>();

  public void add(Unplaced unplaced) {
    later.add(unplaced);
  }

  /** Everything up to a watermark takes effect. */
  public void step(long watermark) {
    if (later.isEmpty()) {
      return;
    }
    List<Unplaced> waiting = new ArrayList<>();
    for (Unplaced next : later) {
      if (next.version() > watermark) {
        waiting.add(next);
      } else if (next.on()) {
        rows.computeIfAbsent(next.view(), view -> new LinkedHashSet<>()).add(next.row());
        entriesToGo.computeIfAbsent(next.view(), view -> new LinkedHashSet<>()).add(next.row());
      } else if (rows.containsKey(next.view())) {
        rows.get(next.view()).remove(next.row());
      }
    }
    rows.values().removeIf(Set::isEmpty);
    later = waiting;
  }

  /** The views that are invalid as a whole. */
  public Set<Integer> views() {
    return rows.keySet();
  }

  /** The root rows, by view, of which no entry may stay in the store. */
  public Map<Integer, Set<Key>> entriesToGo() {
    return entriesToGo;
  }

  /** Their entries are gone. */
  public void flushed() {
    entriesToGo.clear();
  }

  /** What a checkpoint keeps: added again, it comes to the same. */
  public List<Note> copy() {
    List<Note> copy = new ArrayList<>();
    entriesToGo.forEach(
        (view, keys) -> {
          for (Key key : keys) {
            copy.add(new Unplaced(view, key, 0, true));
            copy.add(new Unplaced(view, key, 0, false));
          }
        });
    rows.forEach((view, keys) -> keys.forEach(key -> copy.add(new Unplaced(view, key, 0, true))));
    copy.addAll(later);
    return copy;
  }
}
