package dev.freshet.flow.write;

import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.UnroutableRow;
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
public final class UnroutableRows {
  private final int first;
  private final int last;
  private final Map<Integer, Set<Key>> rows = new TreeMap<>();
  private List<EntriesToDelete> entriesToGo = new ArrayList<>();
  private List<UnroutableRow> later = new ArrayList<>();

  /**
   * None.
   *
   * @param first of the writer's key groups
   * @param last of the writer's key groups
   */
  public UnroutableRows(int first, int last) {
    this.first = first;
    this.last = last;
  }

  /** Takes up what checkpoints of all writers hold. */
  public void restore(Iterable<ControlMessage> notes, Iterable<EntriesToDelete> toGo) {
    notes.forEach(note -> later.add((UnroutableRow) note));
    step(0);
    entriesToGo = new ArrayList<>();
    for (EntriesToDelete entries : toGo) {
      EntriesToDelete mine = entries.within(first, last);
      if (mine != null) {
        entriesToGo.add(mine);
      }
    }
  }

  public void add(UnroutableRow unplaced) {
    later.add(Objects.requireNonNull(unplaced));
  }

  /** Everything up to a watermark takes effect. */
  public void step(long watermark) {
    if (later.isEmpty()) {
      return;
    }
    List<UnroutableRow> waiting = new ArrayList<>();
    for (UnroutableRow next : later) {
      if (next.version() > watermark) {
        waiting.add(next);
      } else if (next.on()) {
        rows.computeIfAbsent(next.view(), view -> new LinkedHashSet<>()).add(next.row());
        entriesToGo.add(new EntriesToDelete(next.view(), next.row(), first, last));
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
  public List<EntriesToDelete> entriesToGo() {
    return List.copyOf(entriesToGo);
  }

  /** It left. */
  public void flushed() {
    entriesToGo = new ArrayList<>();
  }

  /** What a checkpoint keeps of the rows, the same at every writer. */
  public List<ControlMessage> copy() {
    List<ControlMessage> copy = new ArrayList<>();
    rows.forEach(
        (view, keys) -> keys.forEach(key -> copy.add(new UnroutableRow(view, key, 0, true))));
    copy.addAll(later);
    return copy;
  }
}
