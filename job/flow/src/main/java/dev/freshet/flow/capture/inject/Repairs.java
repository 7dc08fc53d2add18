package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The keys that wait for a repair, and the steps of each repair.
 *
 * <ol>
 *   <li>{@link #take} returns the next keys, between two transactions of the log. From then on
 *       every change of a row of their views is recorded.
 *   <li>{@link RowReads} waits until the store and MySQL contain everything up to that position. In
 *       a consistent snapshot it reads the root rows that MySQL has for the keys and those that the
 *       store has under them, with all rows that they reference. Only then it reads the end of the
 *       binlog.
 *   <li>{@link #answered} takes the rows. Once the log has reached that end, {@link #finish}
 *       returns an event for each row that was read. Rows that changed since the start are sent
 *       with their newest image instead. Each row subscribes to every row that it references. If
 *       one of these was deleted since the start, and a foreign key acts on that, the batch starts
 *       again.
 * </ol>
 *
 * <p>One batch of at most {@value #MOST_KEYS} keys is read at a time. At most {@value
 * #MOST_WAITING} keys wait, each once. A key that is being read can be requested again, except by a
 * populate request. A checkpoint keeps the messages, and a repair in flight starts again after a
 * restore. Memory holds the messages, the rows of the current batch, and the newest images of the
 * rows that changed meanwhile; if there are more than {@value #MOST_CHANGED} images, the batch
 * starts again. Not thread-safe.
 */
public final class Repairs {
  static final int MOST_KEYS = 100;
  public static final int MOST_WAITING = 100_000;
  static final int MOST_CHANGED = 100_000;

  /** How often MySQL may reject the queries for a single target. */
  static final int MOST_REFUSALS = 3;

  private static final long FIRST_PAUSE_MS = 500;
  private static final long LAST_PAUSE_MS = 30_000;

  private final JobPlan plan;
  private final Map<Key, Repair> waiting = new LinkedHashMap<>();
  private final List<Repair> toInvalidate = new ArrayList<>();
  private final Map<Key, Integer> refusals = new HashMap<>();
  private final Map<Key, Object[]> changed = new LinkedHashMap<>();
  private final Set<Key> deleted = new HashSet<>();

  /** The batch that is being read; empty if there is none. */
  private List<Repair> running = List.of();

  private Set<Integer> views = Set.of();
  private Answer answer;
  private long startsFrom;
  private long pause = FIRST_PAUSE_MS;

  private record Answer(Map<Key, ReadRow> rows, long end) {}

  public Repairs(JobPlan plan) {
    this.plan = plan;
  }

  /**
   * Adds a request.
   *
   * @return false if the request is rejected because too many wait; its key is invalidated
   *     nevertheless
   */
  public boolean add(Repair repair) {
    if (repair.invalidate()) {
      toInvalidate.add(repair);
    }
    Repair other = waiting.get(repair.target());
    if (other != null) {
      waiting.replace(repair.target(), other.invalidate() || repair.populate() ? other : repair);
      return true;
    }
    if (repair.populate() && isRunning(repair.target())) {
      return true;
    }
    if (waiting.size() >= MOST_WAITING) {
      return false;
    }
    waiting.put(repair.target(), repair);
    return true;
  }

  /**
   * Returns marks for the keys that became invalid since the last call.
   *
   * @param watermark the last emitted watermark
   */
  public List<RepairMark> invalidated(long watermark) {
    List<RepairMark> marks = marks(toInvalidate, watermark, RepairMark.Step.INVALIDATED);
    toInvalidate.clear();
    return marks;
  }

  /**
   * Removes and returns the repairs that are read next. The list is empty while another batch is
   * read, and if none is due. To be called only between transactions.
   *
   * @param now milliseconds since the epoch
   */
  public List<Repair> take(long now) {
    if (!running.isEmpty() || waiting.isEmpty() || now < startsFrom) {
      return List.of();
    }
    // Reads targets one by one after MySQL rejected one, so that it does not block the others.
    boolean alone = !refusals.isEmpty();
    running = waiting.values().stream().limit(alone ? 1 : MOST_KEYS).toList();
    views = new HashSet<>(running.stream().map(Repair::view).toList());
    running.forEach(repair -> waiting.remove(repair.target()));
    changed.clear();
    deleted.clear();
    return running;
  }

  /**
   * Returns marks for the start of the current batch.
   *
   * @param watermark the last emitted watermark
   */
  public List<RepairMark> begun(long watermark) {
    return marks(running, watermark, RepairMark.Step.BEGUN);
  }

  /** Records a row change of the log. */
  public void changed(Event.RowChange change) {
    if (views.contains(plan.nodeOf(change.key()).view()) && changed.size() <= MOST_CHANGED) {
      changed.put(change.key(), change.row());
    }
  }

  /** Records a deletion of the log on which foreign keys act. */
  public void deleted(Key row) {
    if (views.contains(plan.nodeOf(row).view()) && deleted.size() <= MOST_CHANGED) {
      deleted.add(row);
    }
  }

  /**
   * Notes an event that capture injects: if a retry read a row from MySQL, a repair uses that row
   * instead of the image recorded by {@link #changed}.
   */
  public void injected(Event event) {
    if (event instanceof Event.Retry retry && retry.row() != null) {
      changed.replace(retry.key(), retry.row());
    }
  }

  /** Whether row changes need to be recorded. */
  public boolean watches() {
    return !running.isEmpty();
  }

  /**
   * Takes the rows that were read.
   *
   * @param rows all rows of the current batch
   * @param end the end of the binlog after the snapshot, as a version
   */
  public void answered(Map<Key, ReadRow> rows, long end) {
    pause = FIRST_PAUSE_MS;
    answer = new Answer(rows, end);
  }

  /**
   * Notes that MySQL or the store did not answer. The batch is read again after a pause that
   * doubles each time.
   */
  public void unanswered(long now) {
    again(now);
  }

  /**
   * Notes that MySQL rejected a query. Each target is then read alone, and given up after {@value
   * #MOST_REFUSALS} more rejections.
   *
   * @return the target that is given up, if any
   */
  public Optional<Repair> refused(long now) {
    for (Repair repair : running) {
      refusals.merge(repair.target(), 1, Integer::sum);
    }
    if (running.size() == 1 && refusals.get(running.get(0).target()) > MOST_REFUSALS) {
      Repair gone = running.get(0);
      refusals.remove(gone.target());
      end();
      return Optional.of(gone);
    }
    again(now);
    return Optional.empty();
  }

  private void again(long now) {
    running.forEach(repair -> waiting.putIfAbsent(repair.target(), repair));
    end();
    startsFrom = now + pause;
    pause = Math.min(2 * pause, LAST_PAUSE_MS);
  }

  private void end() {
    running = List.of();
    views = Set.of();
    changed.clear();
    deleted.clear();
    answer = null;
  }

  /**
   * Whether the rows were read and the log has reached the end of the binlog at that time.
   *
   * @param position the position of the log
   */
  public boolean isDue(long position) {
    return answer != null && position >= answer.end();
  }

  /**
   * Ends the current batch.
   *
   * @param now milliseconds since the epoch
   * @param version the version of the events
   * @param events the list to which the events are appended
   * @return marks for the keys whose repair is complete
   */
  public List<RepairMark> finish(long now, long version, List<Event> events) {
    if (changed.size() > MOST_CHANGED || deleted.size() > MOST_CHANGED || isOutdated()) {
      again(now);
      return List.of();
    }
    answer
        .rows()
        .forEach(
            (key, row) -> {
              if (!changed.containsKey(key)) {
                events.add(
                    new Event.Repair(
                        key, version, events.size(), true, row.values(), row.poison()));
                subscribe(key, row.values(), version, events);
              }
            });
    changed.forEach(
        (key, row) -> {
          if (row != null) {
            events.add(new Event.Repair(key, version, events.size(), false, row, null));
            subscribe(key, row, version, events);
          }
        });
    // A key that was invalidated meanwhile becomes valid with the later repair.
    List<RepairMark> done =
        marks(
            running.stream().filter(repair -> !isInvalidated(repair.target())).toList(),
            version,
            RepairMark.Step.DONE);
    running.forEach(repair -> refusals.remove(repair.target()));
    end();
    return done;
  }

  /** Whether a foreign key may have changed a row since it was read, which no row change tells. */
  private boolean isOutdated() {
    return Stream.concat(
            answer.rows().entrySet().stream()
                .map(row -> referencesDeleted(row.getKey(), row.getValue().values())),
            changed.entrySet().stream().map(row -> referencesDeleted(row.getKey(), row.getValue())))
        .anyMatch(each -> each);
  }

  private boolean referencesDeleted(Key key, Object[] row) {
    return row != null
        && !deleted.isEmpty()
        && plan.nodeOf(key).children().stream()
            .map(child -> plan.childKey(plan.node(child), row))
            .anyMatch(deleted::contains);
  }

  private boolean isRunning(Key target) {
    return running.stream().anyMatch(repair -> repair.target().equals(target));
  }

  private boolean isInvalidated(Key target) {
    return waiting.containsKey(target) && waiting.get(target).invalidate();
  }

  private void subscribe(Key key, Object[] row, long version, List<Event> events) {
    if (row == null) {
      return;
    }
    for (int id : plan.nodeOf(key).children()) {
      Key child = plan.childKey(plan.node(id), row);
      if (child != null) {
        events.add(new Event.Subscription(child, version, events.size(), key, true));
      }
    }
  }

  private static List<RepairMark> marks(
      Collection<Repair> repairs, long version, RepairMark.Step step) {
    return repairs.stream()
        .filter(repair -> !repair.ofRow())
        .map(repair -> new RepairMark(repair.view(), repair.target(), version, step))
        .toList();
  }

  /**
   * Returns when the next batch is due, in milliseconds since the epoch; {@link Long#MAX_VALUE} if
   * none waits or one is read.
   */
  public long nextDue() {
    return waiting.isEmpty() || !running.isEmpty() ? Long.MAX_VALUE : startsFrom;
  }

  /** Returns the number of repairs that wait or are being read. */
  public int size() {
    return waiting.size() + running.size();
  }

  /** Returns the messages that a checkpoint keeps. */
  public List<byte[]> messages() {
    return Stream.concat(running.stream(), waiting.values().stream()).map(Repair::source).toList();
  }
}
