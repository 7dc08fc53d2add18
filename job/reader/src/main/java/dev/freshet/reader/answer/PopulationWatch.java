package dev.freshet.reader.answer;

import dev.freshet.reader.DaemonThreads;
import dev.freshet.store.Progress;
import dev.freshet.store.Servability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for keys that jobs are populating. A crowd that reads a key for the first time so costs
 * MySQL the query of the first of them alone: the others may not share it, because it began before
 * they came, and have the projection's answer a moment later.
 *
 * <p>The store is looked at every few milliseconds, once for all who wait, and not at all while
 * nobody does. Whoever comes while others wait for the same page need not look for himself, and is
 * told what was read after he came. Safe for many threads; the looking is done in one of its own,
 * which tells the results as well. Nobody who waits keeps a thread.
 */
public final class PopulationWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PopulationWatch.class);
  private static final Duration PERIOD = Duration.ofMillis(10);

  /** Questions that are read in one round trip. */
  private static final int BATCH = 32;

  private final Store store;
  private final Map<Question, Crowd> waiting = new HashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(DaemonThreads.named("population-watch"));

  /**
   * How the waiting ended.
   *
   * @param reading what the store has
   * @param otherwise what is to be said when it has nothing
   */
  record End(Optional<Store.Reading> reading, Servability.NotServed otherwise) {
    private static final End LATE = new End(Optional.empty(), Servability.ABSENT);
    private static final End AWAY = new End(Optional.empty(), Servability.STORE_UNAVAILABLE);

    private static End with(Store.Reading reading) {
      return new End(Optional.of(reading), Servability.ABSENT);
    }
  }

  /** Those who wait for one page, until the same moment; guarded by {@link #waiting}. */
  private static final class Crowd {
    private final Question question;
    private final long until;
    private final List<CompletableFuture<End>> waiters = new ArrayList<>();

    /** Whoever comes now finds it in the store. */
    private boolean there;

    private Crowd(Question question, Duration most) {
      this.question = question;
      this.until = System.nanoTime() + most.toNanos();
    }

    private boolean isOver() {
      return System.nanoTime() - until >= 0;
    }

    private CompletableFuture<End> join() {
      CompletableFuture<End> end = new CompletableFuture<>();
      waiters.add(end);
      return end;
    }

    /** Those who came first; they wait no more. */
    private List<CompletableFuture<End>> take(int count) {
      List<CompletableFuture<End>> first = waiters.subList(0, count);
      List<CompletableFuture<End>> taken = List.copyOf(first);
      first.clear();
      return taken;
    }
  }

  /**
   * A crowd as it is looked for.
   *
   * @param came how many there were before
   */
  private record Look(Crowd crowd, int came) {
    private Question question() {
      return crowd.question;
    }
  }

  public PopulationWatch(Store store) {
    this.store = store;
  }

  /**
   * What the store has of a key once it can be told.
   *
   * @param most for how long that is waited for, unless others wait for the same page already
   * @return never fails
   */
  CompletableFuture<End> await(Question asked, Duration most) {
    Question question = asked.ofWhateverTime();
    CompletableFuture<End> end;
    synchronized (waiting) {
      end = waiting.computeIfAbsent(question, q -> new Crowd(q, most)).join();
    }
    look();
    return end;
  }

  /**
   * The same as {@link #await}, with those who wait for the same page already.
   *
   * @return empty when nobody does
   */
  Optional<CompletableFuture<End>> join(Question asked) {
    synchronized (waiting) {
      return waiting.isEmpty()
          ? Optional.empty()
          : Optional.ofNullable(waiting.get(asked.ofWhateverTime()))
              .filter(crowd -> !crowd.there && !crowd.isOver())
              .map(Crowd::join);
    }
  }

  private void look() {
    if (looking.compareAndSet(false, true)) {
      try {
        thread.execute(this::lookWhileSomebodyWaits);
      } catch (RejectedExecutionException e) {
        LOG.debug("the reader stops", e);
        giveUp();
      }
    }
  }

  private void lookWhileSomebodyWaits() {
    try {
      List<Look> crowds = crowds();
      while (!crowds.isEmpty()) {
        lookFor(crowds);
        Thread.sleep(PERIOD.toMillis());
        crowds = crowds();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp();
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("Keys were not looked for; this is a defect of the reader", e);
      giveUp();
    } finally {
      looking.set(false);
    }
    if (!crowds().isEmpty()) {
      look();
    }
  }

  private List<Look> crowds() {
    synchronized (waiting) {
      return waiting.values().stream().map(crowd -> new Look(crowd, crowd.waiters.size())).toList();
    }
  }

  private void lookFor(List<Look> crowds) {
    Collection<List<Look>> byView =
        crowds.stream().collect(Collectors.groupingBy(look -> look.question().view())).values();
    boolean away = false;
    for (List<Look> looks : byView) {
      for (int from = 0; from < looks.size(); from += BATCH) {
        List<Look> batch = looks.subList(from, Math.min(looks.size(), from + BATCH));
        // A store that does not answer one batch is not waited for again with the next.
        away = away || !read(batch);
        if (away) {
          batch.forEach(look -> tell(look, End.AWAY));
        }
        tellWhoWaitsTooLong(crowds);
      }
    }
  }

  /** False when the store does not answer; whoever reads it himself says so in the log. */
  private boolean read(List<Look> batch) {
    try {
      List<Store.Reading> readings = store.read(batch.stream().map(Look::question).toList());
      for (int i = 0; i < batch.size(); i++) {
        if (canBeTold(readings.get(i))) {
          tell(batch.get(i), End.with(readings.get(i)));
        }
      }
      return true;
    } catch (Store.Unavailable e) {
      return false;
    }
  }

  /** It is there, or there is more amiss with it than that it is not. */
  private static boolean canBeTold(Store.Reading reading) {
    return !reading.absent()
        || reading.invalid().isPresent()
        || reading.progress().filter(Progress::isServed).isEmpty();
  }

  private void tell(Look look, End end) {
    Crowd crowd = look.crowd();
    List<CompletableFuture<End>> those;
    synchronized (waiting) {
      crowd.there = true;
      // Nobody is left when the watch was closed meanwhile.
      those = crowd.take(Math.min(look.came(), crowd.waiters.size()));
      removeIfEmpty(crowd);
    }
    those.forEach(waiter -> waiter.complete(end));
  }

  private void tellWhoWaitsTooLong(List<Look> crowds) {
    List<CompletableFuture<End>> late = new ArrayList<>();
    synchronized (waiting) {
      for (Look look : crowds) {
        if (look.crowd().isOver()) {
          late.addAll(look.crowd().take(look.crowd().waiters.size()));
          removeIfEmpty(look.crowd());
        }
      }
    }
    late.forEach(waiter -> waiter.complete(End.LATE));
  }

  private void removeIfEmpty(Crowd crowd) {
    if (crowd.waiters.isEmpty()) {
      waiting.remove(crowd.question, crowd);
    }
  }

  private void giveUp() {
    List<CompletableFuture<End>> all = new ArrayList<>();
    synchronized (waiting) {
      waiting.values().forEach(crowd -> all.addAll(crowd.take(crowd.waiters.size())));
      waiting.clear();
    }
    all.forEach(waiter -> waiter.complete(End.LATE));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    giveUp();
  }
}
