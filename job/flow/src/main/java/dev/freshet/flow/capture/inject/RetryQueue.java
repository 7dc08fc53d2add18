package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * The rows that wait for a retry, and the steps of each retry.
 *
 * <p>A request waits until it is due. Then the node retries the row that it holds, at the next
 * position between transactions. If the request asks for a read, the row is read from MySQL first:
 *
 * <ol>
 *   <li>{@link #take} returns due rows, between two transactions of the log.
 *   <li>{@link RowReads} waits until MySQL has executed everything up to that position and reads
 *       the rows in a consistent snapshot. Only then it reads the end of the binlog.
 *   <li>{@link #answered} takes the rows. Once the log has reached that end, {@link #next} returns
 *       each row that has not changed since {@link #take}: it is the row that MySQL has at the
 *       log's position. A row that has changed is dropped, because its change has cleared the
 *       failure.
 * </ol>
 *
 * One read of at most {@value #MOST_READ} rows runs at a time. Memory holds the waiting messages
 * and the rows of the current read. A checkpoint keeps the messages, and a read in flight starts
 * again after a restore. Not thread-safe.
 */
public final class RetryQueue {
  /** The maximum number of rows in one read. */
  static final int MOST_READ = 200;

  private static final long FIRST_PAUSE_MS = 500;
  private static final long LAST_PAUSE_MS = 30_000;

  /** As for a row that MySQL cannot return: the node keeps its row, and gives it up. */
  private static final Poison GIVEN_UP =
      new Poison(Reason.FAILED, true, "attempts of the job ended while the row was retried");

  private static final Comparator<RetryRequest> BY_TIME =
      Comparator.comparingLong(RetryRequest::due);

  private final JobPlan plan;
  private final PriorityQueue<RetryRequest> toTry = new PriorityQueue<>(BY_TIME);
  private final PriorityQueue<RetryRequest> toRead = new PriorityQueue<>(BY_TIME);

  /**
   * A row may have several requests, for failures at different versions; at most one of these
   * failures is current.
   */
  private final Map<Key, List<RetryRequest>> reading = new LinkedHashMap<>();

  private final List<RetryRequest> givenUp = new ArrayList<>();

  private Answer answer;
  private boolean busy;
  private long readsFrom;
  private long pause = FIRST_PAUSE_MS;

  private record Answer(Map<Key, ReadRow> rows, long end) {}

  public RetryQueue(JobPlan plan) {
    this.plan = plan;
  }

  public void add(RetryRequest request) {
    (request.read() ? toRead : toTry).add(request);
  }

  /** Makes the row of a request dead at the next position between transactions. */
  public void giveUp(RetryRequest request) {
    givenUp.add(request);
  }

  /** Returns the messages of the rows that are not dead yet, for a checkpoint. */
  public List<byte[]> givenUp() {
    return givenUp.stream().map(RetryRequest::source).toList();
  }

  /** Notes a row change of the log. */
  public void changed(Key row) {
    reading.remove(row);
  }

  /** Whether row changes need to be passed to {@link #changed}. */
  public boolean watches() {
    return !reading.isEmpty();
  }

  /**
   * Returns the rows to read now. To be called only between transactions. Empty while another read
   * runs.
   *
   * @param now milliseconds since the epoch
   */
  public List<Key> take(long now) {
    if (busy || now < readsFrom) {
      return List.of();
    }
    while (isDue(toRead, now) && reading.size() < MOST_READ) {
      RetryRequest request = toRead.poll();
      reading.computeIfAbsent(request.key(), key -> new ArrayList<>(1)).add(request);
    }
    busy = !reading.isEmpty();
    return List.copyOf(reading.keySet());
  }

  /**
   * Takes the rows that were read.
   *
   * @param rows all rows that {@link #take} returned
   * @param end the end of the binlog after the snapshot, as a version
   */
  public void answered(Map<Key, ReadRow> rows, long end) {
    pause = FIRST_PAUSE_MS;
    answer = new Answer(rows, end);
  }

  /**
   * Notes that MySQL did not answer. The rows are read again after a pause that doubles each time.
   */
  public void unanswered(long now) {
    reading.values().forEach(toRead::addAll);
    reading.clear();
    answer = null;
    busy = false;
    readsFrom = now + pause;
    pause = Math.min(2 * pause, LAST_PAUSE_MS);
  }

  /** Whether {@link #next} would return events. */
  public boolean isDue(long now, long position) {
    return !givenUp.isEmpty() || isDue(toTry, now) || (answer != null && position >= answer.end());
  }

  /**
   * Returns the events to inject now.
   *
   * @param now milliseconds since the epoch
   * @param position the position of the log
   * @param version the version of the events
   */
  public List<Event> next(long now, long position, long version) {
    List<Event> events = new ArrayList<>();
    if (answer != null && position >= answer.end()) {
      reading.forEach(
          (key, requests) -> read(key, requests, answer.rows().get(key), version, events));
      reading.clear();
      answer = null;
      busy = false;
    }
    for (RetryRequest request : givenUp) {
      events.add(
          new Event.Retry(
              request.key(), version, events.size(), request.of(), true, null, GIVEN_UP));
    }
    givenUp.clear();
    while (isDue(toTry, now)) {
      RetryRequest request = toTry.poll();
      events.add(
          new Event.Retry(request.key(), version, events.size(), request.of(), false, null, null));
    }
    return events;
  }

  private static boolean isDue(PriorityQueue<RetryRequest> requests, long now) {
    return !requests.isEmpty() && requests.peek().due() <= now;
  }

  /**
   * Adds events for the row, and a subscription to every row that it references; a retried row
   * never unsubscribes.
   */
  private void read(
      Key key, List<RetryRequest> requests, ReadRow row, long version, List<Event> events) {
    for (RetryRequest request : requests) {
      events.add(
          new Event.Retry(
              key, version, events.size(), request.of(), true, row.values(), row.poison()));
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

  /**
   * Returns when the next request is due, in milliseconds since the epoch; {@link Long#MAX_VALUE}
   * if none is.
   */
  public long nextDue() {
    long tries = toTry.isEmpty() ? Long.MAX_VALUE : toTry.peek().due();
    long reads =
        toRead.isEmpty() || busy ? Long.MAX_VALUE : Math.max(readsFrom, toRead.peek().due());
    return Math.min(tries, reads);
  }

  /** Returns the number and age of the waiting rows. */
  public Backlog backlog() {
    return all()
        .map(request -> new Backlog(1, request.failedAt()))
        .reduce(
            Backlog.NONE,
            (a, b) ->
                a.waiting() == 0
                    ? b
                    : new Backlog(a.waiting() + b.waiting(), Math.min(a.oldest(), b.oldest())));
  }

  /** Returns the messages that a checkpoint keeps. */
  public List<byte[]> messages() {
    return all().map(RetryRequest::source).toList();
  }

  private Stream<RetryRequest> all() {
    return Stream.concat(
        Stream.concat(toTry.stream(), toRead.stream()),
        reading.values().stream().flatMap(List::stream));
  }
}
