package dev.freshet.reader.request;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.Defects;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.PopulateRequests;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.RateQuota;
import dev.freshet.reader.share.Shares;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.KeysRead;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests from jobs to populate keys, and reports which keys are still read.
 *
 * <ul>
 *   <li>A key is requested at most once in {@link #ASKED_ONCE_IN}, even if it was populated in
 *       between, because a read that found it absent earlier may report so later. At most {@value
 *       #MOST_WAITING} requests wait to be sent; a request that does not fit, or does not reach
 *       Kafka, is made again by the next read.
 *   <li>A principal may have its share of {@value #MOST_PER_SECOND} requests a second, so that the
 *       job populates the keys of the others too. A request beyond that is not made; the next read
 *       makes it.
 *   <li>After a key was not populated in time, or could not be requested, reads do not wait for
 *       keys for a while, or until a key was populated in time.
 *   <li>Keys that were read are reported together: four times in the period after which an unread
 *       key leaves the store, and when the reader stops.
 * </ul>
 *
 * Keeps the keys that were requested, and those that were read since the last report, in memory.
 * Thread-safe; a background thread sends.
 */
public final class KafkaPopulateRequests implements PopulateRequests, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaPopulateRequests.class);
  private static final Defects DEFECTS = new Defects(LOG);

  static final Duration ASKED_ONCE_IN = Duration.ofSeconds(5);
  private static final Duration WITHOUT_HOPE = Duration.ofSeconds(5);
  private static final int MOST_WAITING = 10_000;

  /**
   * The maximum number of requests per second. A job on two cores populates about as many keys
   * while it follows a busy MySQL.
   */
  static final int MOST_PER_SECOND = 500;

  /** The maximum number of read keys that are kept until the next report. */
  private static final int MOST_READ = 100_000;

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);
  private static final int TIMES = 4;
  private static final long LOOK_MS = 250;

  private final Outbox outbox;
  private final ReaderMetrics metrics;
  private final InstantSource clock;
  private final RateQuota quota;

  /** When each key was requested, by {@link System#nanoTime}. */
  private final Cache<Wanted, Long> asked =
      Caffeine.newBuilder().expireAfterWrite(ASKED_ONCE_IN).maximumSize(MOST_READ).build();

  /** Until this time, by {@link System#nanoTime}, reads do not wait for keys. */
  private volatile long hopelessUntil = System.nanoTime();

  private final BlockingQueue<Wanted> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Map<ServedView, Set<List<Object>>> read = new ConcurrentHashMap<>();
  private final Map<ServedView, Instant> reportedAt = new HashMap<>();
  private final ScheduledExecutorService sender =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("demand"));

  private record Wanted(ServedView view, List<Object> key) {}

  /**
   * Starts the background thread.
   *
   * @param clock the clock for the messages' times and for the periods of the reports
   * @param shares the principals' shares of the requests
   */
  public KafkaPopulateRequests(
      Outbox outbox, ReaderMetrics metrics, InstantSource clock, Shares shares) {
    this.quota = new RateQuota(MOST_PER_SECOND, shares);
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
    var unused =
        sender.scheduleWithFixedDelay(
            () -> whole(() -> report(clock.instant(), false)),
            LOOK_MS,
            LOOK_MS,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<Duration> wanted(
      ServedView view, List<Object> key, long looked, Principal principal) {
    Wanted wanted = new Wanted(view, List.copyOf(key));
    Long before = asked.asMap().putIfAbsent(wanted, System.nanoTime());
    if (before != null) {
      long end = before + PATIENCE.toNanos();
      if (looked - end >= 0) {
        loseHope();
      }
      return isHopeless()
          ? Optional.empty()
          : Optional.of(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
    if (!quota.take(principal)) {
      asked.invalidate(wanted);
      metrics.shareRefused("populate");
    } else if (waiting.offer(wanted)) {
      soon(this::ask);
    } else {
      asked.invalidate(wanted);
    }
    return Optional.empty();
  }

  private void loseHope() {
    hopelessUntil = System.nanoTime() + WITHOUT_HOPE.toNanos();
  }

  private boolean isHopeless() {
    return System.nanoTime() - hopelessUntil < 0;
  }

  @Override
  public void read(ServedView view, List<Object> key) {
    if (isHopeless()) {
      Long before = asked.getIfPresent(new Wanted(view, List.copyOf(key)));
      if (before != null && System.nanoTime() - before < PATIENCE.toNanos()) {
        hopelessUntil = System.nanoTime();
      }
    }
    Set<List<Object>> ofView = read.computeIfAbsent(view, v -> ConcurrentHashMap.newKeySet());
    if (ofView.add(key) && ofView.size() > MOST_READ) {
      soon(() -> report(clock.instant(), true));
    }
  }

  private void soon(Runnable work) {
    try {
      sender.execute(() -> whole(work));
    } catch (RejectedExecutionException e) {
      LOG.debug("the reader stops", e);
    }
  }

  /** Runs work so that an exception does not end the background thread. */
  private static void whole(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      DEFECTS.log("Requesting keys failed", e);
    }
  }

  private void ask() {
    Wanted next = waiting.poll();
    if (next == null) {
      return;
    }
    try {
      outbox.send(
          KeyRequest.populate(
              next.view().job(), next.view().plan(), next.key().toArray(), clock.instant()));
      metrics.requested(next.view().name(), KeyRequest.POPULATE);
    } catch (NotTaken e) {
      loseHope();
      // The outbox has logged the failure; the next read requests the key again.
      asked.invalidate(next);
    }
  }

  /** Reports the keys that were read, of the views whose period has passed, or of all views. */
  private void report(Instant now, boolean all) {
    for (ServedView view : List.copyOf(read.keySet())) {
      Instant last = reportedAt.computeIfAbsent(view, v -> now);
      if (all || !now.isBefore(last.plus(pause(view)))) {
        reportedAt.put(view, now);
        report(view, now);
      }
    }
    reportedAt.keySet().retainAll(read.keySet());
  }

  private void report(ServedView view, Instant now) {
    Set<List<Object>> ofView = read.remove(view);
    List<List<Object>> keys = new ArrayList<>(ofView);
    for (int from = 0; from < keys.size(); from += KeysRead.MOST) {
      List<List<Object>> part = keys.subList(from, Math.min(keys.size(), from + KeysRead.MOST));
      KeysRead message = KeysRead.of(view.job(), view.plan(), part, now);
      try {
        outbox.send(message.kafkaKey(), message.toJson());
        metrics.requested(view.name(), KeysRead.READ);
      } catch (NotTaken e) {
        // The outbox has logged the failure; keys are reported after their next read.
        return;
      }
    }
  }

  private static Duration pause(ServedView view) {
    Duration part = view.plan().options().evictAfter().dividedBy(TIMES);
    return part.compareTo(LONGEST) < 0 ? part : LONGEST;
  }

  /** Sends the waiting requests and the read keys, as far as Kafka accepts them soon. */
  @Override
  public void close() {
    soon(() -> report(clock.instant(), true));
    sender.shutdown();
    try {
      if (!sender.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
        sender.shutdownNow();
      }
    } catch (InterruptedException e) {
      sender.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
