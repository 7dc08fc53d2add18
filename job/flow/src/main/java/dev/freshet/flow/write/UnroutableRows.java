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
 * The root rows whose view keys are unknown, by view. While a view has such a row, the whole view
 * is INVALID. Messages take effect at their watermark.
 *
 * <p>All entries of such a row are deleted from the store. After a restore the store may have such
 * an entry under an unknown key: a retry may have determined the row's key after the checkpoint.
 * Each writer deletes from its own key groups; the root nodes send the messages of unroutable rows
 * again after a restore. Not thread-safe.
 */
public final class UnroutableRows {
  private final int first;
  private final int last;
  private final Map<Integer, Set<Key>> rows = new TreeMap<>();
  private List<EntriesToDelete> entriesToDelete = new ArrayList<>();
  private List<UnroutableRow> later = new ArrayList<>();

  /**
   * Creates an empty set.
   *
   * @param first the writer's first key group
   * @param last the writer's last key group
   */
  public UnroutableRows(int first, int last) {
    this.first = first;
    this.last = last;
  }

  /** Restores the checkpoints of all writers. */
  public void restore(Iterable<ControlMessage> messages, Iterable<EntriesToDelete> toGo) {
    messages.forEach(message -> later.add((UnroutableRow) message));
    step(0);
    entriesToDelete = new ArrayList<>();
    for (EntriesToDelete entries : toGo) {
      EntriesToDelete mine = entries.within(first, last);
      if (mine != null) {
        entriesToDelete.add(mine);
      }
    }
  }

  public void add(UnroutableRow row) {
    later.add(Objects.requireNonNull(row));
  }

  /** Applies all messages up to a watermark. */
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
        entriesToDelete.add(new EntriesToDelete(next.view(), next.row(), first, last));
      } else if (rows.containsKey(next.view())) {
        rows.get(next.view()).remove(next.row());
      }
    }
    rows.values().removeIf(Set::isEmpty);
    later = waiting;
  }

  /** Returns the indexes of the views that are invalid as a whole. */
  public Set<Integer> views() {
    return rows.keySet();
  }

  /** Returns the entries that must be deleted from the store. */
  public List<EntriesToDelete> entriesToDelete() {
    return List.copyOf(entriesToDelete);
  }

  /** To be called when {@link #entriesToDelete} were deleted. */
  public void flushed() {
    entriesToDelete = new ArrayList<>();
  }

  /** Returns the rows for a checkpoint; they are the same at every writer. */
  public List<ControlMessage> copy() {
    List<ControlMessage> copy = new ArrayList<>();
    rows.forEach(
        (view, keys) -> keys.forEach(key -> copy.add(new UnroutableRow(view, key, 0, true))));
    copy.addAll(later);
    return copy;
  }
}
