package dev.freshet.flow.write;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys of a writer that are being repaired, each with the newest change of every entry that was
 * said since its repair began. Once it is done, these are all the entries that the key has: those
 * of rows that stayed the same were said anew, those of rows that changed were said when they did.
 *
 * <p>A checkpoint keeps {@link #marks} and {@link #said}: the log may have done with a repair whose
 * last entries are yet to come. What was open and is not done in the log is begun anew by capture
 * after a restore. Not safe for several threads.
 */
public final class KeyRepairs {
  private final Map<Key, Open> open = new LinkedHashMap<>();
  private List<RepairMark> later = new ArrayList<>();

  private List<EntryChange> restored = List.of();

  private record Open(RepairMark begun, Map<Key, EntryChange> said) {}

  /**
   * A key that is repaired.
   *
   * @param mark its last one
   * @param said newest per entry; those that left included
   */
  public record Done(RepairMark mark, Map<Key, EntryChange> said) {
    /** The entries that hold poison. */
    public Map<Key, Reason> poisoned() {
      Map<Key, Reason> poisoned = new LinkedHashMap<>();
      said.forEach(
          (entry, change) -> {
            if (change.poison() != null) {
              poisoned.put(entry, change.poison());
            }
          });
      return poisoned;
    }
  }

  /**
   * What a step brought.
   *
   * @param invalidated keys that are not valid until they are repaired
   */
  public record Outcome(List<RepairMark> invalidated, List<Done> done) {
    static final Outcome NOTHING = new Outcome(List.of(), List.of());
  }

  /** The marks of what is open, and those that wait for a step, for a checkpoint. */
  public List<RepairMark> marks() {
    List<RepairMark> marks = new ArrayList<>();
    open.values().forEach(repair -> marks.add(repair.begun()));
    marks.addAll(later);
    return marks;
  }

  /** What was said of the keys that are open, for a checkpoint. */
  public List<EntryChange> said() {
    List<EntryChange> all = new ArrayList<>(restored);
    open.values().forEach(repair -> all.addAll(repair.said().values()));
    return all;
  }

  /** Takes up what a checkpoint kept; it takes effect as it would have, with the steps to come. */
  public void restore(Collection<RepairMark> marks, List<EntryChange> said) {
    later.addAll(marks);
    restored = said;
  }

  /** Takes a mark; with the next step at or beyond its version it takes effect. */
  public void add(RepairMark mark) {
    later.add(mark);
  }

  /** Whether a mark waits for a step, or a key for its repair. */
  public boolean isIdle() {
    return later.isEmpty() && open.isEmpty();
  }

  /**
   * Everything up to a watermark takes effect.
   *
   * @param changes of the step, in their order
   * @param watermark or {@link WriteBuffer#NOTHING} before the first, when nothing takes effect:
   *     what a checkpoint kept waits for it
   */
  public Outcome step(Iterable<? extends Collection<EntryChange>> changes, long watermark) {
    if (isIdle() || watermark == WriteBuffer.NOTHING) {
      return Outcome.NOTHING;
    }
    List<RepairMark> due = new ArrayList<>();
    later.removeIf(mark -> mark.version() <= watermark && due.add(mark));
    // One repair of a key may begin where another is done: as they came.
    due.sort(Comparator.comparingLong(RepairMark::version));
    List<RepairMark> invalidated = new ArrayList<>();
    List<Done> done = new ArrayList<>();
    for (RepairMark mark : due) {
      switch (mark.step()) {
        case INVALIDATED -> invalidated.add(mark);
        case BEGUN -> open.put(mark.key(), new Open(mark, new LinkedHashMap<>()));
        case DONE -> {
          record(changes, mark.version());
          Open repaired = open.remove(mark.key());
          if (repaired == null) {
            throw new IllegalStateException("the repair of " + mark.key() + " never began");
          }
          done.add(new Done(mark, repaired.said()));
        }
      }
    }
    record(changes, watermark);
    restored = restored.stream().filter(change -> change.version() > watermark).toList();
    return new Outcome(invalidated, done);
  }

  private void record(Iterable<? extends Collection<EntryChange>> changes, long upTo) {
    record(restored, upTo);
    for (Collection<EntryChange> some : changes) {
      record(some, upTo);
    }
  }

  private void record(Collection<EntryChange> changes, long upTo) {
    for (EntryChange change : changes) {
      Open repaired = open.get(change.key());
      if (repaired != null
          && change.version() > repaired.begun().version()
          && change.version() <= upTo) {
        repaired.said().put(change.entry(), change);
      }
    }
  }
}
