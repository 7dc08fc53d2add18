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
 * The content of a writer's next flush: the newest change of each entry, the watermark up to which
 * the changes are complete, the states of keys, and the metrics that capture and the nodes report.
 * A flush writes all of it, and {@link #flushed} empties the buffer.
 *
 * <p>A flush contains everything up to {@link #complete()} and nothing beyond. After a restore no
 * flush is due until the progress that the store had when the writer opened is reached again;
 * replayed changes are merged until then, so that no key goes back to an older state. An entry that
 * was added and deleted is kept as deleted, because the store may have it from before. Not
 * thread-safe.
 */
public final class WriteBuffer {
  /** The value for no watermark, and for no progress in the store. */
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
   * Creates an empty buffer.
   *
   * @param stored the highest progress that the store has in the writer's range; {@link #NOTHING}
   *     if there is none
   */
  public WriteBuffer(long stored) {
    this.stored = stored;
  }

  /** Adds the changes of a step, and the watermark that completes it. */
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
   * Replaces all entries of a key after a repair: the store's entries are deleted, and these are
   * written.
   *
   * @param view the index of the view in the job's plan
   * @param version the version of the repair; later changes are already in this buffer
   * @param repaired the newest change of each entry
   */
  public void rewrite(int view, Key key, long version, Map<Key, EntryChange> repaired) {
    changes
        .entrySet()
        .removeIf(
            change ->
                change.getKey().key().equals(key)
                    && change.getValue().version() <= version
                    && !repaired.containsKey(change.getKey().entry()));
    repaired.forEach(
        (entry, change) ->
            changes.merge(
                new EntryId(key, entry),
                change,
                (here, old) -> here.version() < old.version() ? old : here));
    rewritten.put(key, view);
  }

  /**
   * Marks a key of which a checkpoint says that its store entries must be deleted first; its
   * changes are restored separately.
   */
  public void rewriteAgain(int view, Key key) {
    rewritten.put(key, view);
  }

  /** Adds a changed state of a key. */
  public void state(KeyStates.Change change) {
    states.put(change.key(), change);
  }

  /**
   * Removes a key: its pending writes are dropped, and its entries and state are deleted from the
   * store.
   *
   * @param view the index of the view in the job's plan
   */
  public void drop(int view, Key key) {
    changes.keySet().removeIf(entry -> entry.key().equals(key));
    rewritten.remove(key);
    states.remove(key);
    absent.put(key, view);
  }

  /** Cancels the removal of a key. */
  public void keep(Key key) {
    absent.remove(key);
  }

  /** Adds a subtask's counts of changes, which replace its earlier counts for the same view. */
  public void report(ChangeReport report) {
    reports.put(report.operator() + '/' + report.subtask() + '/' + report.view(), report);
  }

  /** Sets the number of rows that wait for a retry. */
  public void report(Backlog next) {
    backlog = Optional.of(next);
  }

  /**
   * Returns the keys whose entries are deleted before the changes are written, each with its view's
   * index.
   */
  public Map<Key, Integer> rewritten() {
    return rewritten;
  }

  /** Makes a flush due although no new watermark is complete. */
  public void touch() {
    newMark = true;
  }

  /** Adds watermark info from capture, in ascending order. */
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

  /** Whether there is something to write and it {@linkplain #mayFlush may be flushed}. */
  public boolean isDue() {
    return mayFlush() && (complete > flushed || newMark);
  }

  /** Whether the buffer has reached the progress that the store had when the writer opened. */
  public boolean mayFlush() {
    return complete != NOTHING && complete >= stored;
  }

  /**
   * Returns the watermark up to which everything has arrived; {@link #NOTHING} before the first
   * one.
   */
  public long complete() {
    return complete;
  }

  /** Whether capture has sent watermark info at or below {@link #complete()}. */
  public boolean hasMark() {
    return !mark.equals(NO_MARK);
  }

  /** Returns the last watermark info at or below {@link #complete()}. */
  public WatermarkInfo lastMark() {
    return mark;
  }

  /** Returns the changes to write, the newest of each entry. */
  public Collection<EntryChange> changes() {
    return changes.values();
  }

  /** Returns the states to write, the newest of each key. */
  public Collection<KeyStates.Change> states() {
    return states.values();
  }

  /** Returns the keys to remove, each with its view's index. */
  public Map<Key, Integer> absent() {
    return absent;
  }

  /** Returns the counts to write, the newest of each subtask and view. */
  public Collection<ChangeReport> reports() {
    return reports.values();
  }

  /** Returns the number of rows that wait for a retry; empty if it has not changed. */
  public Optional<Backlog> backlog() {
    return backlog;
  }

  /** Returns a copy of the changes, for a checkpoint. */
  public List<EntryChange> copy() {
    return new ArrayList<>(changes.values());
  }

  /** Empties the buffer after a flush. */
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
