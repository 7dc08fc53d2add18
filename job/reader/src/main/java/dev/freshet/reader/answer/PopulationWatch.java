package dev.freshet.reader.answer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
 * nobody does. Safe for many threads; the looking is done in one of its own, which tells the
 * results as well. Nobody who waits keeps a thread.
 */
public final class PopulationWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PopulationWatch.class);
  private static final Duration PERIOD = Duration.ofMillis(10);

  /** Questions that are read in one round trip. */
  private static final int BATCH = 32;

  private final Store store;
  private final Map<Question, List<Waiter>> waiting = new HashMap<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "population-watch");
            made.setDaemon(true);
            return made;
          });

  private record Waiter(long end, CompletableFuture<Optional<Store.Reading>> told) {}

  public PopulationWatch(Store store) {
    this.store = store;
  }

  /**
   * What the store has of a key once the key is there.
   *
   * @param most for how long that is waited for
   * @return empty when it does not come in time, or the store does not answer; never fails
   */
  CompletableFuture<Optional<Store.Reading>> await(Question question, Duration most) {
    Waiter me = new Waiter(System.nanoTime() + most.toNanos(), new CompletableFuture<>());
    synchronized (waiting) {
      waiting.computeIfAbsent(question.ofWhateverTime(), q -> new ArrayList<>()).add(me);
    }
    look();
    return me.told();
  }

  private void look() {
    if (looking.compareAndSet(false, true)) {
      thread.execute(this::lookWhileSomebodyWaits);
    }
  }

  private void lookWhileSomebodyWaits() {
    try {
      List<Question> questions = waitedFor();
      while (!questions.isEmpty()) {
        tell(read(questions));
        Thread.sleep(PERIOD.toMillis());
        questions = waitedFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp();
      return;
    } catch (RuntimeException e) {
      LOG.error("Keys were not looked for; this is a defect of the reader", e);
      giveUp();
    } finally {
      looking.set(false);
    }
    if (!waitedFor().isEmpty()) {
      look();
    }
  }

  private List<Question> waitedFor() {
    synchronized (waiting) {
      return List.copyOf(waiting.keySet());
    }
  }

  /** What the store has of keys that are there; empty where it does not answer. */
  private Map<Question, Optional<Store.Reading>> read(List<Question> all) {
    Map<ServedView, List<Question>> byView =
        all.stream().collect(Collectors.groupingBy(Question::view));
    Map<Question, Optional<Store.Reading>> found = new HashMap<>();
    for (List<Question> questions : byView.values()) {
      for (int from = 0; from < questions.size(); from += BATCH) {
        List<Question> batch = questions.subList(from, Math.min(questions.size(), from + BATCH));
        try {
          List<Store.Reading> readings = store.read(batch);
          for (int i = 0; i < batch.size(); i++) {
            if (!readings.get(i).absent()) {
              found.put(batch.get(i), Optional.of(readings.get(i)));
            }
          }
        } catch (Store.Unavailable e) {
          // Whoever reads the store itself says so in the log.
          batch.forEach(question -> found.put(question, Optional.empty()));
        }
      }
    }
    return found;
  }

  private void tell(Map<Question, Optional<Store.Reading>> found) {
    List<Waiter> late = new ArrayList<>();
    Map<Question, List<Waiter>> there = new HashMap<>();
    long now = System.nanoTime();
    synchronized (waiting) {
      for (Question question : found.keySet()) {
        // Nobody is left when the watch was closed meanwhile.
        Optional.ofNullable(waiting.remove(question))
            .ifPresent(waiters -> there.put(question, waiters));
      }
      for (List<Waiter> waiters : waiting.values()) {
        waiters.stream().filter(waiter -> now - waiter.end() >= 0).forEach(late::add);
        waiters.removeIf(waiter -> now - waiter.end() >= 0);
      }
      waiting.values().removeIf(List::isEmpty);
    }
    there.forEach(
        (question, waiters) ->
            waiters.forEach(waiter -> waiter.told().complete(found.get(question))));
    late.forEach(waiter -> waiter.told().complete(Optional.empty()));
  }

  private void giveUp() {
    List<Waiter> all = new ArrayList<>();
    synchronized (waiting) {
      waiting.values().forEach(all::addAll);
      waiting.clear();
    }
    all.forEach(waiter -> waiter.told().complete(Optional.empty()));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    giveUp();
  }
}
