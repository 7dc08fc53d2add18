package dev.freshet.reader.answer;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The queries to MySQL of the last hour that took longest. The hour ends with the current minute
 * and begins with a whole minute, see {@link #since}.
 *
 * <p>Keeps the {@value #MOST} slowest queries of each view and minute in memory. As each of the
 * slowest queries of the hour is among the slowest of its minute, none is missed. Thread-safe.
 */
public final class SlowestFallbacks {
  /** The maximum number of queries that {@link #find} returns. */
  public static final int MOST = 10;

  private static final Duration SPAN = Duration.ofMinutes(59);

  private static final Comparator<Fallback> BY_DURATION = Comparator.comparing(Fallback::took);

  /** The queries of a minute, by view; the fastest of a queue is its head. */
  private final TreeMap<Instant, Map<String, PriorityQueue<Fallback>>> minutes = new TreeMap<>();

  /** Returns the beginning of the hour that ends now. */
  public static Instant since(Instant now) {
    return minute(now).minus(SPAN);
  }

  private static Instant minute(Instant at) {
    return at.truncatedTo(ChronoUnit.MINUTES);
  }

  /** Adds a query that has ended. */
  public synchronized void add(Fallback fallback) {
    PriorityQueue<Fallback> queue =
        minutes
            .computeIfAbsent(minute(fallback.sent()), minute -> new HashMap<>())
            .computeIfAbsent(
                fallback.question().view().name(), view -> new PriorityQueue<>(BY_DURATION));
    queue.add(fallback);
    if (queue.size() > MOST) {
      queue.remove();
    }
    minutes.headMap(since(fallback.sent())).clear();
  }

  /**
   * Returns the slowest queries of some views that were sent {@link #since} the beginning of the
   * hour, the slowest first.
   *
   * @param ofView chooses views by name
   */
  public synchronized List<Fallback> find(Predicate<String> ofView, Instant now) {
    return minutes.tailMap(since(now)).values().stream()
        .flatMap(views -> views.entrySet().stream())
        .filter(queue -> ofView.test(queue.getKey()))
        .flatMap(queue -> queue.getValue().stream())
        .sorted(BY_DURATION.reversed())
        .limit(MOST)
        .toList();
  }
}
