package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * The rows that wait to be tried again, and what becomes of each.
 *
 * <p>A wish waits until it is due. Then what its node holds is tried again at the next place
 * between transactions; or, where MySQL is to be asked, its row is read first:
 *
 * <ol>
 *   <li>{@link #take} hands out due rows, between two transactions of the log.
 *   <li>Whoever reads them waits until MySQL has executed everything up to that place, reads them
 *       in a consistent snapshot, and only then asks where the binlog ends.
 *   <li>{@link #answered} takes the rows. Once the log has come to that end, a row that no change
 *       touched since it was handed out is what MySQL holds at the log's own place, and {@link
 *       #next} says it. One that was touched is dropped: the change has cleared its marker.
 * </ol>
 *
 * At most {@value #MOST_READ} rows are read at once, one read after the other. In memory are the
 * messages that wait and the rows just read. A checkpoint keeps the messages: a read in flight
 * begins anew after a restore. Not safe for several threads.
 */
public final class RetryQueue {
  /** Rows of one snapshot. */
  static final int MOST_READ = 200;

  private static final long FIRST_PAUSE_MS = 500;
  private static final long LAST_PAUSE_MS = 30_000;

  private static final Comparator<RetryRequest> BY_TIME =
      Comparator.comparingLong(RetryRequest::due);

  private final JobPlan plan;
  private final PriorityQueue<RetryRequest> toTry = new PriorityQueue<>(BY_TIME);
  private final PriorityQueue<RetryRequest> toRead = new PriorityQueue<>(BY_TIME);

  /** Several may want one row: for failures of different versions, of which one still stands. */
  private final Map<Key, List<RetryRequest>> reading = new LinkedHashMap<>();

  private Answer answer;
  private boolean busy;
  private long readsFrom;
  private long pause = FIRST_PAUSE_MS;

  private record Answer(Map<Key, ReadRow> rows, long end) {}

  public RetryQueue(JobPlan plan) {
    this.plan = plan;
  }

  public void add(RetryRequest wish) {
    (wish.read() ? toRead : toTry).add(wish);
  }

  /** The stream told a change of a row. */
  public void changed(Key row) {
    reading.remove(row);
  }

  /** Whether a change of a row matters. */
  public boolean watches() {
    return !reading.isEmpty();
  }

  /**
   * The rows to read now; only between transactions. Empty while others are read.
   *
   * @param now milliseconds of the wall clock
   */
  public List<Key> take(long now) {
    if (busy || now < readsFrom) {
      return List.of();
    }
    while (isDue(toRead, now) && reading.size() < MOST_READ) {
      RetryRequest wish = toRead.poll();
      reading.computeIfAbsent(wish.key(), key -> new ArrayList<>(1)).add(wish);
    }
    busy = !reading.isEmpty();
    return List.copyOf(reading.keySet());
  }

  /**
   * MySQL answered.
   *
   * @param rows all that were handed out
   * @param end where the binlog ended after the snapshot
   */
  public void answered(Map<Key, ReadRow> rows, long end) {
    pause = FIRST_PAUSE_MS;
    answer = new Answer(rows, end);
  }

  /** MySQL did not answer: the rows are read again after a while, longer each time. */
  public void unanswered(long now) {
    reading.values().forEach(toRead::addAll);
    reading.clear();
    answer = null;
    busy = false;
    readsFrom = now + pause;
    pause = Math.min(2 * pause, LAST_PAUSE_MS);
  }

  /** Whether {@link #next} would say something. */
  public boolean isDue(long now, long place) {
    return isDue(toTry, now) || (answer != null && place >= answer.end());
  }

  /**
   * What is to be injected now.
   *
   * @param place of the log
   * @param version that the events have
   */
  public List<Event> next(long now, long place, long version) {
    List<Event> events = new ArrayList<>();
    if (answer != null && place >= answer.end()) {
      reading.forEach((key, wishes) -> read(key, wishes, answer.rows().get(key), version, events));
      reading.clear();
      answer = null;
      busy = false;
    }
    while (isDue(toTry, now)) {
      RetryRequest wish = toTry.poll();
      events.add(new Event.Retry(wish.key(), version, events.size(), wish.of(), false, null, null));
    }
    return events;
  }

  private static boolean isDue(PriorityQueue<RetryRequest> wishes, long now) {
    return !wishes.isEmpty() && wishes.peek().due() <= now;
  }

  /** The row, and a subscription at every row it points at; a retried row never unsubscribes. */
  private void read(
      Key key, List<RetryRequest> wishes, ReadRow row, long version, List<Event> events) {
    for (RetryRequest wish : wishes) {
      events.add(
          new Event.Retry(
              key, version, events.size(), wish.of(), true, row.values(), row.poison()));
    }
    if (row.values() == null) {
      return;
    }
    for (int id : plan.nodeOf(key).children()) {
      Key child = plan.childKey(plan.node(id), row.values());
      if (child != null) {
        events.add(new Event.Subscription(child, version, events.size(), key, true));
      }
    }
  }

  /** When something will be due, in milliseconds of the wall clock; far away when nothing will. */
  public long nextDue() {
    long tries = toTry.isEmpty() ? Long.MAX_VALUE : toTry.peek().due();
    long reads =
        toRead.isEmpty() || busy ? Long.MAX_VALUE : Math.max(readsFrom, toRead.peek().due());
    return Math.min(tries, reads);
  }

  public Backlog backlog() {
    return all()
        .map(wish -> new Backlog(1, wish.failedAt()))
        .reduce(
            Backlog.NONE,
            (a, b) ->
                a.waiting() == 0
                    ? b
                    : new Backlog(a.waiting() + b.waiting(), Math.min(a.oldest(), b.oldest())));
  }

  /** What a checkpoint keeps. */
  public List<byte[]> messages() {
    return all().map(RetryRequest::source).toList();
  }

  private Stream<RetryRequest> all() {
    return Stream.concat(
        Stream.concat(toTry.stream(), toRead.stream()),
        reading.values().stream().flatMap(List::stream));
  }
}
