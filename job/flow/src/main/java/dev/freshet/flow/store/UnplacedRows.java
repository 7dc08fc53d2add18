package dev.freshet.flow.store;

import dev.freshet.flow.log.Note;
import dev.freshet.flow.log.Unplaced;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rows that nobody can place, by view. What is told takes effect at its watermark.
 *
 * <p>Wherever the store holds an entry of such a row, it goes: after a restore it may be there from
 * a retry that placed the row and is yet to come again, under a key that nobody knows. Each writer
 * sees to its own key groups; the root nodes tell standing rows again after a restore.
 */
public final class UnplacedRows {
  private final int first;
  private final int last;
  private final Map<Integer, Set<Key>> rows = new TreeMap<>();
  private List<EntriesToGo> entriesToGo = new ArrayList<>();
  private List<Unplaced> later = new ArrayList<>();

  /**
   * None.
   *
   * @param first of the writer's key groups
   * @param last of the writer's key groups
   */
  public UnplacedRows(int first, int last) {
    this.first = first;
    this.last = last;
  }

  /** Takes up what checkpoints of all writers hold. */
  public void restore(Iterable<Note> notes, Iterable<EntriesToGo> toGo) {
    notes.forEach(note -> later.add((Unplaced) note));
    step(0);
    entriesToGo = new ArrayList<>();
    for (EntriesToGo entries : toGo) {
      EntriesToGo mine = entries.within(first, last);
      if (mine != null) {
        entriesToGo.add(mine);
      }
    }
  }

  public void add(Unplaced unplaced) {
    later.add(Objects.requireNonNull(unplaced));
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
        entriesToGo.add(new EntriesToGo(next.view(), next.row(), first, last));
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

  /** What must leave the store. */
  public List<EntriesToGo> entriesToGo() {
    return List.copyOf(entriesToGo);
  }

  /** It left. */
  public void flushed() {
    entriesToGo = new ArrayList<>();
  }

  /** What a checkpoint keeps of the rows, the same at every writer. */
  public List<Note> copy() {
    List<Note> copy = new ArrayList<>();
    rows.forEach((view, keys) -> keys.forEach(key -> copy.add(new Unplaced(view, key, 0, true))));
    copy.addAll(later);
    return copy;
  }
}
