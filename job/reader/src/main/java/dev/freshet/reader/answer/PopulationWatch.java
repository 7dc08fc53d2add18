package dev.freshet.reader.answer;

import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.Defects;
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
 * Waits for keys that jobs are populating. If many clients read a missing key at the same time,
 * only the first one queries MySQL. The others cannot share its query, which started before they
 * arrived; they wait a moment and get the projection's answer.
 *
 * <p>While questions wait, the store is polled every few milliseconds, once for all of them. A
 * question that joins others waiting for the same page gets the result of a poll that started after
 * it arrived. Thread-safe. A background thread polls and completes the futures; waiting questions
 * use no thread.
 */
public final class PopulationWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PopulationWatch.class);
  private static final Defects DEFECTS = new Defects(LOG);
  private static final Duration PERIOD = Duration.ofMillis(10);

  /** The maximum number of questions in one round trip. */
  private static final int BATCH = 32;

  private final Store store;
  private final Map<Question, Crowd> waiting = new HashMap<>();
  private final AtomicBoolean polling = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(DaemonThreads.named("population-watch"));

  /**
   * The result of waiting.
   *
   * @param reading what the store has; empty if the key did not arrive or the store did not answer
   * @param otherwise the servability to report if {@code reading} is empty
   */
  record End(Optional<Store.Reading> reading, Servability.NotServed otherwise) {
    private static final End LATE = new End(Optional.empty(), Servability.ABSENT);
    private static final End AWAY = new End(Optional.empty(), Servability.STORE_UNAVAILABLE);

    private static End with(Store.Reading reading) {
      return new End(Optional.of(reading), Servability.ABSENT);
    }
  }

  /**
   * The questions that wait for the same page, with a common deadline; guarded by {@link #waiting}.
   */
  private static final class Crowd {
    private final Question question;
    private final long until;
    private final List<CompletableFuture<End>> waiters = new ArrayList<>();

    /** Whether the store has the key, so that no further question needs to join. */
    private boolean found;

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

    /** Removes and returns the questions that arrived first. */
    private List<CompletableFuture<End>> take(int count) {
      List<CompletableFuture<End>> first = waiters.subList(0, count);
      List<CompletableFuture<End>> taken = List.copyOf(first);
      first.clear();
      return taken;
    }
  }

  /**
   * A crowd at the start of a poll.
   *
   * @param came the number of questions that had arrived
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
   * Waits until the store has a key.
   *
   * @param most the maximum time to wait; ignored if others already wait for the same page
   * @return a future that never fails
   */
  CompletableFuture<End> await(Question asked, Duration most) {
    Question question = asked.withoutWrite();
    CompletableFuture<End> end;
    synchronized (waiting) {
      end = waiting.computeIfAbsent(question, q -> new Crowd(q, most)).join();
    }
    poll();
    return end;
  }

  /** Joins the questions that wait for the same page; empty if there are none. */
  Optional<CompletableFuture<End>> join(Question asked) {
    synchronized (waiting) {
      return waiting.isEmpty()
          ? Optional.empty()
          : Optional.ofNullable(waiting.get(asked.withoutWrite()))
              .filter(crowd -> !crowd.found && !crowd.isOver())
              .map(Crowd::join);
    }
  }

  private void poll() {
    if (polling.compareAndSet(false, true)) {
      try {
        thread.execute(this::pollWhileAnyWaits);
      } catch (RejectedExecutionException e) {
        LOG.debug("the reader stops", e);
        giveUp();
      }
    }
  }

  private void pollWhileAnyWaits() {
    try {
      List<Look> crowds = crowds();
      while (!crowds.isEmpty()) {
        poll(crowds);
        Thread.sleep(PERIOD.toMillis());
        crowds = crowds();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp();
      return;
    } catch (RuntimeException | Error e) {
      DEFECTS.log("Polling for populated keys failed", e);
      giveUp();
    } finally {
      polling.set(false);
    }
    if (!crowds().isEmpty()) {
      poll();
    }
  }

  private List<Look> crowds() {
    synchronized (waiting) {
      return waiting.values().stream().map(crowd -> new Look(crowd, crowd.waiters.size())).toList();
    }
  }

  private void poll(List<Look> crowds) {
    Collection<List<Look>> byView =
        crowds.stream().collect(Collectors.groupingBy(look -> look.question().view())).values();
    boolean away = false;
    for (List<Look> looks : byView) {
      for (int from = 0; from < looks.size(); from += BATCH) {
        List<Look> batch = looks.subList(from, Math.min(looks.size(), from + BATCH));
        // If the store does not answer one batch, it is not queried for the others.
        away = away || !read(batch);
        if (away) {
          batch.forEach(look -> complete(look, End.AWAY));
        }
        completeLate(crowds);
      }
    }
  }

  /**
   * Reads a batch. Returns false if the store does not answer, which {@link Store} implementations
   * log.
   */
  private boolean read(List<Look> batch) {
    try {
      List<Store.Reading> readings = store.read(batch.stream().map(Look::question).toList());
      for (int i = 0; i < batch.size(); i++) {
        if (isResult(readings.get(i))) {
          complete(batch.get(i), End.with(readings.get(i)));
        }
      }
      return true;
    } catch (Store.Unavailable e) {
      return false;
    }
  }

  /**
   * Whether the wait ends: the key is populated, or it cannot be served for another reason than
   * being absent.
   */
  private static boolean isResult(Store.Reading reading) {
    return !reading.absent()
        || reading.invalid().isPresent()
        || reading.progress().filter(Progress::isServed).isEmpty();
  }

  private void complete(Look look, End end) {
    Crowd crowd = look.crowd();
    List<CompletableFuture<End>> waiters;
    synchronized (waiting) {
      crowd.found = true;
      // The crowd is empty if the watch was closed meanwhile.
      waiters = crowd.take(Math.min(look.came(), crowd.waiters.size()));
      removeIfEmpty(crowd);
    }
    waiters.forEach(waiter -> waiter.complete(end));
  }

  private void completeLate(List<Look> crowds) {
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
