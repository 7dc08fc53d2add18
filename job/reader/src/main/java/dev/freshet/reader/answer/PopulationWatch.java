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
 * nobody does. Whoever comes while others wait for the same need not look for himself. Nobody is
 * told what was read before he came, so that what a caller is told does not go back. Safe for many
 * threads; the looking is done in one of its own, which tells the results as well. Nobody who waits
 * keeps a thread.
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
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "population-watch");
            made.setDaemon(true);
            return made;
          });

  /** Those who wait for one page, until the same moment; guarded by {@link #waiting}. */
  private static final class Crowd {
    private final long end;
    private final List<CompletableFuture<Optional<Store.Reading>>> waiters = new ArrayList<>();

    /** Whoever comes now finds it in the store. */
    private boolean there;

    private Crowd(long end) {
      this.end = end;
    }

    private CompletableFuture<Optional<Store.Reading>> join() {
      CompletableFuture<Optional<Store.Reading>> told = new CompletableFuture<>();
      waiters.add(told);
      return told;
    }

    /** Those who came first; they wait no more. */
    private List<CompletableFuture<Optional<Store.Reading>>> take(int count) {
      List<CompletableFuture<Optional<Store.Reading>>> first = waiters.subList(0, count);
      List<CompletableFuture<Optional<Store.Reading>>> taken = List.copyOf(first);
      first.clear();
      return taken;
    }
  }

  public PopulationWatch(Store store) {
    this.store = store;
  }

  /**
   * What the store has of a key once the key is there.
   *
   * @param most for how long that is waited for, unless others wait for the same
   * @return empty when it does not come in time, or the store does not answer; never fails
   */
  CompletableFuture<Optional<Store.Reading>> await(Question question, Duration most) {
    CompletableFuture<Optional<Store.Reading>> told;
    synchronized (waiting) {
      told =
          waiting
              .computeIfAbsent(
                  question.ofWhateverTime(), q -> new Crowd(System.nanoTime() + most.toNanos()))
              .join();
    }
    look();
    return told;
  }

  /**
   * The same as {@link #await}, with those who wait already.
   *
   * @return empty when nobody does
   */
  Optional<CompletableFuture<Optional<Store.Reading>>> join(Question question) {
    synchronized (waiting) {
      return waiting.isEmpty()
          ? Optional.empty()
          : Optional.ofNullable(waiting.get(question.ofWhateverTime()))
              .filter(crowd -> !crowd.there)
              .map(Crowd::join);
    }
  }

  private void look() {
    if (looking.compareAndSet(false, true)) {
      thread.execute(this::lookWhileSomebodyWaits);
    }
  }

  private void lookWhileSomebodyWaits() {
    try {
      Map<Question, Integer> crowds = crowds();
      while (!crowds.isEmpty()) {
        tell(crowds, read(List.copyOf(crowds.keySet())));
        Thread.sleep(PERIOD.toMillis());
        crowds = crowds();
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
    if (!crowds().isEmpty()) {
      look();
    }
  }

  /** How many wait for what. */
  private Map<Question, Integer> crowds() {
    synchronized (waiting) {
      return waiting.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().waiters.size()));
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

  private record Told(
      List<CompletableFuture<Optional<Store.Reading>>> whom, Optional<Store.Reading> what) {}

  /**
   * Tells what was found, and those whose time is over that nothing was.
   *
   * @param crowds how many had come before it was read
   */
  private void tell(Map<Question, Integer> crowds, Map<Question, Optional<Store.Reading>> found) {
    List<Told> told = new ArrayList<>();
    synchronized (waiting) {
      crowds.forEach(
          (question, came) -> {
            Crowd crowd = waiting.get(question);
            if (crowd == null) {
              return;
            }
            if (found.containsKey(question)) {
              crowd.there = true;
              told.add(new Told(crowd.take(came), found.get(question)));
            }
            if (System.nanoTime() - crowd.end >= 0) {
              told.add(new Told(crowd.take(crowd.waiters.size()), Optional.empty()));
            }
            if (crowd.waiters.isEmpty()) {
              waiting.remove(question);
            }
          });
    }
    told.forEach(each -> each.whom().forEach(waiter -> waiter.complete(each.what())));
  }

  private void giveUp() {
    List<CompletableFuture<Optional<Store.Reading>>> all = new ArrayList<>();
    synchronized (waiting) {
      waiting.values().forEach(crowd -> all.addAll(crowd.waiters));
      waiting.clear();
    }
    all.forEach(told -> told.complete(Optional.empty()));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    giveUp();
  }
}
