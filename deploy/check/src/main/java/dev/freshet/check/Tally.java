package dev.freshet.check;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of judged answers, and the first few complaints in full. Thread-safe. */
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

  /** An answer came from the projection at a time. */
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

  /** All answers that were compared. */
  public long checked() {
    return projection.get() + mysql.get();
  }

  /** Answers that differ from what they must be. */
  public long wrong() {
    return wrong.get();
  }

  /** Answers whose version is below one that was already seen for the key. */
  public long wentBack() {
    return wentBack.get();
  }

  /** Requests without a usable answer. */
  public long failed() {
    return failed.get();
  }

  /** Rows that a projection answer should have had and had not. */
  public long rowsMissing() {
    return rowsMissing.get();
  }

  /** Rows that a projection answer showed without the name they have. */
  public long namesMissing() {
    return namesMissing.get();
  }

  /** Requests turned away, by kind: with 503, or with 404 before the view was known. */
  public Map<String, Long> turnedAway() {
    return Map.copyOf(turnedAway);
  }

  /** When the first answer came from the projection; {@link Instant#MAX} when none did. */
  public Instant firstFromProjection() {
    long at = firstProjection.get();
    return at == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(at);
  }

  /** The first few complaints. */
  public synchronized List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Which part of the answers came from the projection, 0 to 1. */
  public double projectionShare() {
    return checked() == 0 ? 0 : (double) fromProjection() / checked();
  }

  public boolean clean() {
    return wrong() == 0 && wentBack() == 0 && failed() == 0;
  }
}
