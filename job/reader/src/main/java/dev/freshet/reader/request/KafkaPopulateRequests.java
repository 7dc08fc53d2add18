package dev.freshet.reader.request;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.PopulateRequests;
import dev.freshet.reader.answer.ServedView;
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
 * Tells jobs which keys to populate, and which are still read.
 *
 * <ul>
 *   <li>A key that is wanted is asked for once in {@link #ASKED_ONCE_IN}, also when it was there
 *       meanwhile: who found it absent before may say so after. At most {@value #MOST_WAITING} wait
 *       to be asked for; of what is beyond, or does not reach Kafka, the next read asks anew.
 *   <li>Where a key has not come in time, or cannot be asked for, there is no hope for a while that
 *       others do, until one has come in time.
 *   <li>Keys that were read are told together, four times in the time after which a key leaves that
 *       nobody reads, and at the end.
 * </ul>
 *
 * In memory are the keys asked for and read since. Safe for several threads; one of its own sends.
 */
public final class KafkaPopulateRequests implements PopulateRequests, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaPopulateRequests.class);

  static final Duration ASKED_ONCE_IN = Duration.ofSeconds(5);
  private static final Duration WITHOUT_HOPE = Duration.ofSeconds(5);
  private static final int MOST_WAITING = 10_000;

  /** Of keys read and not told yet; so many are told at once. */
  private static final int MOST_READ = 100_000;

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);
  private static final int TIMES = 4;
  private static final long LOOK_MS = 250;

  private final Outbox outbox;
  private final ReaderMetrics metrics;
  private final InstantSource clock;

  /** When, by {@link System#nanoTime}. */
  private final Cache<Wanted, Long> asked =
      Caffeine.newBuilder().expireAfterWrite(ASKED_ONCE_IN).maximumSize(MOST_READ).build();

  /** Until then, by {@link System#nanoTime}, nobody need wait for keys. */
  private volatile long hopelessUntil = System.nanoTime();

  private final BlockingQueue<Wanted> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Map<ServedView, Set<List<Object>>> read = new ConcurrentHashMap<>();
  private final Map<ServedView, Instant> told = new HashMap<>();
  private final ScheduledExecutorService sender =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("demand"));

  private record Wanted(ServedView view, List<Object> key) {}

  /**
   * A demand.
   *
   * @param clock by which messages are dated and keys told
   */
  public KafkaPopulateRequests(Outbox outbox, ReaderMetrics metrics, InstantSource clock) {
    this.outbox = outbox;
    this.metrics = metrics;
    this.clock = clock;
    var unused =
        sender.scheduleWithFixedDelay(
            () -> whole(() -> tell(clock.instant(), false)),
            LOOK_MS,
            LOOK_MS,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<Duration> wanted(ServedView view, List<Object> key, long looked) {
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
    if (waiting.offer(wanted)) {
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
      soon(() -> tell(clock.instant(), true));
    }
  }

  private void soon(Runnable work) {
    try {
      sender.execute(() -> whole(work));
    } catch (RejectedExecutionException e) {
      LOG.debug("the reader stops", e);
    }
  }

  /** One defect must not be the end of all demand. */
  private static void whole(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("Keys were not asked for; this is a defect of the reader", e);
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
      // The outbox has said it; who reads the key next asks anew.
      asked.invalidate(next);
    }
  }

  /** Tells what was read of views whose time has come, or of all. */
  private void tell(Instant now, boolean all) {
    for (ServedView view : List.copyOf(read.keySet())) {
      Instant last = told.computeIfAbsent(view, v -> now);
      if (all || !now.isBefore(last.plus(pause(view)))) {
        told.put(view, now);
        tell(view, now);
      }
    }
    told.keySet().retainAll(read.keySet());
  }

  private void tell(ServedView view, Instant now) {
    Set<List<Object>> ofView = read.remove(view);
    List<List<Object>> keys = new ArrayList<>(ofView);
    for (int from = 0; from < keys.size(); from += KeysRead.MOST) {
      List<List<Object>> part = keys.subList(from, Math.min(keys.size(), from + KeysRead.MOST));
      KeysRead message = KeysRead.of(view.job(), view.plan(), part, now);
      try {
        outbox.send(message.kafkaKey(), message.toJson());
        metrics.requested(view.name(), KeysRead.READ);
      } catch (NotTaken e) {
        // Likewise; they are told when they are read again.
        return;
      }
    }
  }

  private static Duration pause(ServedView view) {
    Duration part = view.plan().options().evictAfter().dividedBy(TIMES);
    return part.compareTo(LONGEST) < 0 ? part : LONGEST;
  }

  /** Asks for what is wanted still, and tells what was read, as far as Kafka takes it soon. */
  @Override
  public void close() {
    soon(() -> tell(clock.instant(), true));
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
