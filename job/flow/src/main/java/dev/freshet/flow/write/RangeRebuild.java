package dev.freshet.flow.write;

import dev.freshet.flow.log.Rebuild;
import dev.freshet.store.RebuildsTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The state of a rebuild for a writer's range. A rebuild starts with the deletion of its views from
 * the store; from then on they are hidden from readers. The root nodes send all entries again, and
 * flushes write them as usual. The flush that contains the last entries of every root node makes
 * the views visible again.
 *
 * <p>Messages take effect at their watermark. Nothing is kept in a checkpoint: the store has the
 * hidden views, and capture starts incomplete rebuilds again. Not thread-safe.
 */
public final class RangeRebuild {
  private final Set<Integer> hidden;
  private String reason;
  private long rebuilt;
  private Rebuild current;
  private boolean clear;
  private final List<Rebuild> laterRebuilds = new ArrayList<>();
  private final List<Rebuild.Sent> laterSent = new ArrayList<>();
  private final BitSet done = new BitSet();
  private int subtasks;

  /**
   * Starts with the state in the store.
   *
   * @param hidden the indexes of the views that are not served
   * @param reason the wire name of the reason why they are not served: {@link
   *     RebuildsTable#STORE_LOST} or {@link RebuildsTable#ASKED}; null if all views are served
   * @param rebuilt the version of the last completed rebuild; 0 if there was none
   */
  public RangeRebuild(Set<Integer> hidden, String reason, long rebuilt) {
    this.hidden = new LinkedHashSet<>(hidden);
    this.reason = reason;
    this.rebuilt = rebuilt;
  }

  public void add(Rebuild rebuild) {
    laterRebuilds.add(rebuild);
  }

  public void add(Rebuild.Sent sent) {
    laterSent.add(sent);
  }

  /** Applies all messages up to a watermark. */
  public void step(long watermark) {
    for (Rebuild next : List.copyOf(laterRebuilds)) {
      if (next.version() <= watermark) {
        laterRebuilds.remove(next);
        begin(next);
      }
    }
    for (Rebuild.Sent sent : List.copyOf(laterSent)) {
      if (sent.version() <= watermark) {
        laterSent.remove(sent);
        if (current != null && sent.rebuild() == current.version() && sent.done()) {
          subtasks = sent.subtasks();
          done.set(sent.subtask());
        }
      }
    }
  }

  private void begin(Rebuild rebuild) {
    current = rebuild;
    done.clear();
    subtasks = 0;
    hidden.addAll(rebuild.views());
    reason = reason == null ? RebuildsTable.ASKED : reason;
    clear = true;
  }

  /** Returns the indexes of the views that are not served. */
  public Set<Integer> hidden() {
    return hidden;
  }

  /**
   * Returns the wire name of the reason why the {@link #hidden()} views are not served: {@link
   * RebuildsTable#STORE_LOST} or {@link RebuildsTable#ASKED}; null if all views are served.
   */
  public String reason() {
    return reason;
  }

  /** Returns the views that must be deleted from the store before the next write. */
  public Set<Integer> toClear() {
    return clear ? current.views() : Set.of();
  }

  /** To be called when {@link #toClear} were deleted. */
  public void cleared() {
    clear = false;
  }

  /** Whether all entries that the nodes sent for the rebuild have arrived. */
  public boolean isComplete() {
    return current != null && !clear && subtasks > 0 && done.cardinality() == subtasks;
  }

  /** Returns the version of the last completed rebuild; 0 if there was none. */
  public long rebuilt() {
    return rebuilt;
  }

  /** Ends a {@linkplain #isComplete complete} rebuild: the next flush makes its views visible. */
  public void complete() {
    hidden.removeAll(current.views());
    reason = hidden.isEmpty() ? null : reason;
    rebuilt = current.version();
    current = null;
  }
}
