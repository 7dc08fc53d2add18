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
 * received since its repair began. When the repair is complete these are all entries of the key:
 * capture has sent the entries of unchanged rows again, and changed rows were sent when they
 * changed.
 *
 * <p>A checkpoint keeps {@link #marks} and {@link #received}, because the log may have completed a
 * repair whose last entries have not arrived yet. After a restore capture starts incomplete repairs
 * again. Not thread-safe.
 */
public final class KeyRepairs {
  private final Map<Key, Open> open = new LinkedHashMap<>();
  private List<RepairMark> later = new ArrayList<>();

  private List<EntryChange> restored = List.of();

  private record Open(RepairMark begun, Map<Key, EntryChange> received) {}

  /**
   * A key whose repair is complete.
   *
   * @param mark the repair's last mark
   * @param received the newest change of each entry; deleted entries included
   */
  public record Done(RepairMark mark, Map<Key, EntryChange> received) {
    /** Whether the key has no entries. */
    public boolean isEmpty() {
      return received.values().stream().noneMatch(EntryChange::present);
    }

    /** Returns the entries that hold poison, with the reasons. */
    public Map<Key, Reason> poisoned() {
      Map<Key, Reason> poisoned = new LinkedHashMap<>();
      received.forEach(
          (entry, change) -> {
            if (change.poison() != null) {
              poisoned.put(entry, change.poison());
            }
          });
      return poisoned;
    }
  }

  /**
   * The effect of a step.
   *
   * @param invalidated marks of the keys that are invalid until they are repaired
   * @param done the keys whose repair is complete
   */
  public record Outcome(List<RepairMark> invalidated, List<Done> done) {
    static final Outcome NOTHING = new Outcome(List.of(), List.of());
  }

  /** Returns the marks of open repairs and the marks that wait for a step, for a checkpoint. */
  public List<RepairMark> marks() {
    List<RepairMark> marks = new ArrayList<>();
    open.values().forEach(repair -> marks.add(repair.begun()));
    marks.addAll(later);
    return marks;
  }

  /** Returns the changes received for the open repairs, for a checkpoint. */
  public List<EntryChange> received() {
    List<EntryChange> all = new ArrayList<>(restored);
    open.values().forEach(repair -> all.addAll(repair.received().values()));
    return all;
  }

  /** Restores marks and changes from a checkpoint. They take effect with the next steps. */
  public void restore(Collection<RepairMark> marks, List<EntryChange> received) {
    later.addAll(marks);
    restored = received;
  }

  /** Adds a mark. It takes effect with the first step at or beyond its version. */
  public void add(RepairMark mark) {
    later.add(mark);
  }

  /** Whether no mark waits for a step and no repair is open. */
  public boolean isIdle() {
    return later.isEmpty() && open.isEmpty();
  }

  /**
   * Applies to the open repairs the changes and the marks up to a watermark, and returns what came
   * of them.
   *
   * @param changes the changes of the step, in order
   * @param watermark the watermark; {@link WriteBuffer#NOTHING} before the first one, when nothing
   *     takes effect
   */
  public Outcome step(Iterable<? extends Collection<EntryChange>> changes, long watermark) {
    if (isIdle() || watermark == WriteBuffer.NOTHING) {
      return Outcome.NOTHING;
    }
    List<RepairMark> due = new ArrayList<>();
    later.removeIf(mark -> mark.version() <= watermark && due.add(mark));
    // A repair of a key may begin where another is done, so the order of arrival is kept.
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
            throw new IllegalStateException("the repair of " + mark.key() + " has not begun");
          }
          done.add(new Done(mark, repaired.received()));
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
        repaired.received().put(change.entry(), change);
      }
    }
  }
}
