package dev.freshet.check;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts checked answers, and keeps the first few error messages. Thread-safe. */
public final class Tally {
  private static final int KEPT = 10;

  private final AtomicLong projection = new AtomicLong();
  private final AtomicLong mysql = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final AtomicLong wentBack = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Map<String, Long> turnedAway = new ConcurrentSkipListMap<>();
  private final AtomicLong rowsMissing = new AtomicLong();
  private final AtomicLong namesMissing = new AtomicLong();
  private final AtomicLong firstProjection = new AtomicLong(Long.MAX_VALUE);
  private final List<String> complaints = new ArrayList<>();

  void checked(boolean fromProjection) {
    (fromProjection ? projection : mysql).incrementAndGet();
  }

  void wrong(String complaint) {
    wrong.incrementAndGet();
    keep("wrong: " + complaint);
  }

  void wentBack(String complaint) {
    wentBack.incrementAndGet();
    keep("went back: " + complaint);
  }

  void failed(String complaint) {
    failed.incrementAndGet();
    keep("no answer: " + complaint);
  }

  void turnedAway(String kind) {
    turnedAway.merge(kind, 1L, Long::sum);
  }

  /** Records the time of an answer from the projection. */
  void projectionAnswered(Instant at) {
    firstProjection.accumulateAndGet(at.toEpochMilli(), Math::min);
  }

  void rowMissing() {
    rowsMissing.incrementAndGet();
  }

  void nameMissing() {
    namesMissing.incrementAndGet();
  }

  private synchronized void keep(String complaint) {
    if (complaints.size() < KEPT) {
      complaints.add(complaint);
    }
  }

  public long fromProjection() {
    return projection.get();
  }

  public long fromMysql() {
    return mysql.get();
  }

  /** Returns the number of checked answers. */
  public long checked() {
    return projection.get() + mysql.get();
  }

  /** Returns the number of answers that differ from the expected answers. */
  public long wrong() {
    return wrong.get();
  }

  /** Returns the number of answers with a version below an earlier version of the same key. */
  public long wentBack() {
    return wentBack.get();
  }

  /** Returns the number of requests without a usable answer. */
  public long failed() {
    return failed.get();
  }

  /** Returns the number of rows that answers from the projection lacked. */
  public long rowsMissing() {
    return rowsMissing.get();
  }

  /** Returns the number of rows in which answers from the projection lacked a name. */
  public long namesMissing() {
    return namesMissing.get();
  }

  /**
   * Returns the number of allowed rejections by kind: 503, 404 before the view was known, or
   * unreachable.
   */
  public Map<String, Long> turnedAway() {
    return Map.copyOf(turnedAway);
  }

  /**
   * Returns the time of the first answer from the projection; {@link Instant#MAX} if there was
   * none.
   */
  public Instant firstFromProjection() {
    long at = firstProjection.get();
    return at == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(at);
  }

  /** Returns the first few error messages. */
  public synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Returns the share of answers from the projection, 0 to 1. */
  public double projectionShare() {
    return checked() == 0 ? 0 : (double) fromProjection() / checked();
  }

  /** Whether there was no error. */
  public boolean clean() {
    return wrong() == 0 && wentBack() == 0 && failed() == 0;
  }
}
