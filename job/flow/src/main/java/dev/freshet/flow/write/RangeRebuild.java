package dev.freshet.flow.write;

import dev.freshet.flow.log.Rebuild;
import dev.freshet.store.RebuildsTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is rebuilt of a writer's range: the views that are not served until the root nodes have sent
 * all their entries again. A rebuild begins with the removal of what the store has of its views;
 * then everything is written that comes, as ever, and with the flush that has the last of what
 * every root node sent the views are served again.
 *
 * <p>What is told takes effect at its watermark. Nothing of it is in a checkpoint: the store says
 * what is not served, and capture begins again what is not done. Not safe for several threads.
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
   * As the store has it.
   *
   * @param hidden the views that are not served
   * @param reason why; null when all are
   * @param rebuilt version of the last rebuild that was completed; 0 when there was none
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

  /** Everything up to a watermark takes effect. */
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

  /** The views that are not served. */
  public Set<Integer> hidden() {
    return hidden;
  }

  /** Why they are not; null when all are. */
  public String reason() {
    return reason;
  }

  /** The views whose entries and keys must leave the store before anything is written. */
  public Set<Integer> toClear() {
    return clear ? current.views() : Set.of();
  }

  /** They left. */
  public void cleared() {
    clear = false;
  }

  /** Whether everything that the nodes sent for the rebuild is here. */
  public boolean isComplete() {
    return current != null && !clear && subtasks > 0 && done.cardinality() == subtasks;
  }

  /** The version of the last rebuild that was completed; 0 when there was none. */
  public long rebuilt() {
    return rebuilt;
  }

  /** The rebuild is complete, and all of it leaves with the next flush. */
  public void complete() {
    hidden.removeAll(current.views());
    reason = hidden.isEmpty() ? null : reason;
    rebuilt = current.version();
    current = null;
  }
}
