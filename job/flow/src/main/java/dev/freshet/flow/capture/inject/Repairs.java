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
 * The keys that wait to be put right, and what becomes of each.
 *
 * <ol>
 *   <li>{@link #take} hands some out, between two transactions of the log; from here on every row
 *       of their views that the stream changes is remembered.
 *   <li>Whoever reads them waits until the store and MySQL have everything up to that place, reads
 *       in a consistent snapshot the root rows that MySQL has for the keys and those that the store
 *       shows under them, with all rows that these point at, and only then asks where the binlog
 *       ends.
 *   <li>{@link #answered} takes the rows. Once the log has come to that end, {@link #finish} says
 *       what was read, except for rows that the stream changed since the beginning: these say
 *       themselves what they hold. Each row subscribes at every row that it points at.
 * </ol>
 *
 * <p>At most {@value #MOST_KEYS} are read at once, one batch after the other; {@value
 * #MOST_WAITING} wait at most, each target once, though one that is being read may be asked for
 * again, unless all that is asked is that the store has the key. A checkpoint keeps the messages: a
 * repair in flight begins anew after a restore. In memory are the messages, the rows just read, and
 * the newest images of the rows that changed meanwhile; when these are more than {@value
 * #MOST_CHANGED} the repair begins anew. Not safe for several threads.
 */
public final class Repairs {
  static final int MOST_KEYS = 100;
  public static final int MOST_WAITING = 100_000;
  static final int MOST_CHANGED = 100_000;

  /** Times that MySQL may refuse what is asked for a single target. */
  static final int MOST_REFUSALS = 3;

  private static final long FIRST_PAUSE_MS = 500;
  private static final long LAST_PAUSE_MS = 30_000;

  private final JobPlan plan;
  private final Map<Key, Repair> waiting = new LinkedHashMap<>();
  private final List<Repair> toInvalidate = new ArrayList<>();
  private final Map<Key, Integer> refusals = new HashMap<>();
  private final Map<Key, Object[]> changed = new LinkedHashMap<>();

  /** What is being read; empty when nothing is. */
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
   * Takes a request.
   *
   * @return whether it will be repaired; too many wait otherwise. It is invalidated all the same
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
   * The keys that are not valid from now on.
   *
   * @param watermark the last one that left
   */
  public List<RepairMark> invalidated(long watermark) {
    List<RepairMark> marks = marks(toInvalidate, watermark, RepairMark.Step.INVALIDATED);
    toInvalidate.clear();
    return marks;
  }

  /**
   * What to read now; only between transactions. Empty while others are read.
   *
   * @param now milliseconds of the wall clock
   */
  public List<Repair> take(long now) {
    if (!running.isEmpty() || waiting.isEmpty() || now < startsFrom) {
      return List.of();
    }
    // One that MySQL refused must not keep others from being repaired.
    boolean alone = !refusals.isEmpty();
    running = waiting.values().stream().limit(alone ? 1 : MOST_KEYS).toList();
    views = new HashSet<>(running.stream().map(Repair::view).toList());
    running.forEach(repair -> waiting.remove(repair.target()));
    changed.clear();
    return running;
  }

  /**
   * Where the repairs of keys begin.
   *
   * @param watermark the last one that left
   */
  public List<RepairMark> begun(long watermark) {
    return marks(running, watermark, RepairMark.Step.BEGUN);
  }

  /** The stream told a change of a row. */
  public void changed(Event.RowChange change) {
    if (views.contains(plan.nodeOf(change.key()).view()) && changed.size() <= MOST_CHANGED) {
      changed.put(change.key(), change.row());
    }
  }

  /** A row that had changed was read from MySQL to be tried again: its node holds that. */
  public void injected(Event event) {
    if (event instanceof Event.Retry retry && retry.row() != null) {
      changed.replace(retry.key(), retry.row());
    }
  }

  /** Whether a change of a row matters. */
  public boolean watches() {
    return !running.isEmpty();
  }

  /**
   * MySQL answered.
   *
   * @param rows all that belong to what was handed out
   * @param end where the binlog ended after the snapshot
   */
  public void answered(Map<Key, ReadRow> rows, long end) {
    pause = FIRST_PAUSE_MS;
    answer = new Answer(rows, end);
  }

  /** MySQL or the store did not answer: all is read again after a while, longer each time. */
  public void unanswered(long now) {
    again(now);
  }

  /**
   * MySQL does not take what is asked: it is asked for each target alone, and some times again.
   *
   * @return the target that is given up
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
    answer = null;
  }

  /** Whether {@link #finish} would say something. */
  public boolean isDue(long place) {
    return answer != null && place >= answer.end();
  }

  /**
   * What is to be injected now.
   *
   * @param version that the events have
   * @param events takes them, after those that it holds
   * @return which keys are done with it
   */
  public List<RepairMark> finish(long now, long version, List<Event> events) {
    if (changed.size() > MOST_CHANGED) {
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
    // One that was invalidated meanwhile is done with the repair that was asked for then.
    List<RepairMark> done =
        marks(
            running.stream().filter(repair -> !isInvalidated(repair.target())).toList(),
            version,
            RepairMark.Step.DONE);
    running.forEach(repair -> refusals.remove(repair.target()));
    end();
    return done;
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

  /** When something will be due, in milliseconds of the wall clock; far away when nothing will. */
  public long nextDue() {
    return waiting.isEmpty() || !running.isEmpty() ? Long.MAX_VALUE : startsFrom;
  }

  /** How many wait or are being read. */
  public int size() {
    return waiting.size() + running.size();
  }

  /** What a checkpoint keeps. */
  public List<byte[]> messages() {
    return Stream.concat(running.stream(), waiting.values().stream()).map(Repair::source).toList();
  }
}
