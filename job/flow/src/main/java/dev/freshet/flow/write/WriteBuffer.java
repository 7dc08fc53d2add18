package dev.freshet.flow.write;

import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.Key;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a writer has to write: the changes of entries, folded to the newest per entry, and up to
 * where they are whole; the states of keys; and the figures that capture and the nodes report. A
 * flush writes all of it, and {@link #flushed} empties it.
 *
 * <p>Only whole watermarks leave: everything up to {@link #complete()}, nothing beyond. Nothing
 * leaves below the progress the store held when the writer opened: what a replay brings again is
 * folded until the store's own place is reached, so that no key is taken back. An entry that comes
 * and goes stays here as gone: the store may hold it from before.
 */
public final class WriteBuffer {
  /** No watermark yet; no progress in the store. */
  public static final long NOTHING = -1L;

  private static final WatermarkInfo NO_MARK = new WatermarkInfo(0, 0, "", 0);

  private record EntryId(Key key, Key entry) {}

  private final long stored;
  private final Map<EntryId, EntryChange> changes = new LinkedHashMap<>();
  private final Map<Key, Integer> rewritten = new LinkedHashMap<>();
  private final Map<Key, KeyStates.Change> states = new LinkedHashMap<>();
  private final Map<Key, Integer> absent = new LinkedHashMap<>();
  private final Map<String, ChangeReport> reports = new LinkedHashMap<>();
  private final Deque<WatermarkInfo> marks = new ArrayDeque<>();
  private long complete = NOTHING;
  private long flushed = NOTHING;
  private WatermarkInfo mark = NO_MARK;
  private boolean newMark;
  private Optional<Backlog> backlog = Optional.empty();

  /**
   * @param stored the highest progress that the store holds in the writer's range, or {@link
   *     #NOTHING}
   */
  public WriteBuffer(long stored) {
    this.stored = stored;
  }

  /** Takes the changes of a step, then the watermark that makes it whole. */
  public void step(Iterable<List<EntryChange>> step, long watermark) {
    for (List<EntryChange> changesOfKey : step) {
      for (EntryChange change : changesOfKey) {
        changes.put(new EntryId(change.key(), change.entry()), change);
      }
    }
    complete = watermark;
    while (!marks.isEmpty() && marks.peek().version() <= complete) {
      take(marks.poll());
    }
  }

  /**
   * A key was repaired: whatever the store has of it goes, and these entries take its place.
   *
   * @param view place of the view in the job's plan
   * @param version with which it was; what came later is here already
   * @param said newest per entry
   */
  public void rewrite(int view, Key key, long version, Map<Key, EntryChange> said) {
    changes
        .entrySet()
        .removeIf(
            change ->
                change.getKey().key().equals(key)
                    && change.getValue().version() <= version
                    && !said.containsKey(change.getKey().entry()));
    said.forEach(
        (entry, change) ->
            changes.merge(
                new EntryId(key, entry),
                change,
                (here, old) -> here.version() < old.version() ? old : here));
    rewritten.put(key, view);
  }

  /** A key was to be written anew when a checkpoint was taken; its entries are on their way. */
  public void rewriteAgain(int view, Key key) {
    rewritten.put(key, view);
  }

  /** The state of a key is another from now on. */
  public void state(KeyStates.Change change) {
    states.put(change.key(), change);
  }

  /**
   * The store shall not have a key: nothing of it is to be written, and what is there goes.
   *
   * @param view place of the view in the job's plan
   */
  public void drop(int view, Key key) {
    changes.keySet().removeIf(entry -> entry.key().equals(key));
    rewritten.remove(key);
    states.remove(key);
    absent.put(key, view);
  }

  /** The store shall have a key after all. */
  public void keep(Key key) {
    absent.remove(key);
  }

  /** How many changes a subtask has counted; the newest of each subtask and view counts. */
  public void report(ChangeReport report) {
    reports.put(report.operator() + '/' + report.subtask() + '/' + report.view(), report);
  }

  /** How many rows wait to be tried again. */
  public void report(Backlog next) {
    backlog = Optional.of(next);
  }

  /** The keys whose entries go before the changes come, each with its view's place. */
  public Map<Key, Integer> rewritten() {
    return rewritten;
  }

  /** There is something to write that is no change of an entry. */
  public void touch() {
    newMark = true;
  }

  /** Takes what capture knows; marks come in order. */
  public void mark(WatermarkInfo next) {
    if (next.version() <= complete) {
      take(next);
    } else {
      marks.add(next);
    }
  }

  private void take(WatermarkInfo next) {
    newMark |= next.asOf() > mark.asOf();
    mark = next;
  }

  /** Whether there is something that may be written now. */
  public boolean isDue() {
    return mayFlush() && (complete > flushed || newMark);
  }

  /** Whether the place that the store had reached is reached again. */
  public boolean mayFlush() {
    return complete != NOTHING && complete >= stored;
  }

  /** The watermark up to which everything is here, or {@link #NOTHING}. */
  public long complete() {
    return complete;
  }

  /** Whether capture said anything of a place at or below {@link #complete()}. */
  public boolean hasMark() {
    return !mark.equals(NO_MARK);
  }

  /** What capture last said of a place at or below {@link #complete()}. */
  public WatermarkInfo lastMark() {
    return mark;
  }

  /** The changes to write, newest per entry. */
  public Collection<EntryChange> changes() {
    return changes.values();
  }

  /** The states of keys to write, newest per key. */
  public Collection<KeyStates.Change> states() {
    return states.values();
  }

  /** The keys that the store shall not have, each with its view's place. */
  public Map<Key, Integer> absent() {
    return absent;
  }

  /** The counts of changes to write, newest per subtask and view. */
  public Collection<ChangeReport> reports() {
    return reports.values();
  }

  /** How many rows wait to be tried again, if that is to be written. */
  public Optional<Backlog> backlog() {
    return backlog;
  }

  /** A copy of the changes, for a checkpoint. */
  public List<EntryChange> copy() {
    return new ArrayList<>(changes.values());
  }

  /** All that was here has been written. */
  public void flushed() {
    changes.clear();
    rewritten.clear();
    states.clear();
    absent.clear();
    reports.clear();
    backlog = Optional.empty();
    flushed = complete;
    newMark = false;
  }
}
