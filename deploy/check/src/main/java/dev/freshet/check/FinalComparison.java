package dev.freshet.check;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Compares every key after the last transaction. Waits until the projection answers with a version
 * at or after the last commit, and compares all pages.
 */
final class FinalComparison {
  private static final int LIMIT = 1000;

  private final AnswerClient client;
  private final SourceModel model;
  private final Tally tally;
  private final long last;
  private final long deadline;
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong different = new AtomicLong();

  /**
   * Creates a comparison; the time limit starts now.
   *
   * @param last the position at which the last transaction ends
   * @param patience how long the projection may take to reach it
   */
  FinalComparison(
      AnswerClient client, SourceModel model, Tally tally, long last, Duration patience) {
    this.client = client;
    this.model = model;
    this.tally = tally;
    this.last = last;
    this.deadline = System.nanoTime() + patience.toNanos();
  }

  /** Compares every key of the model, with several threads. */
  void run(int threads) throws InterruptedException {
    Queue<ViewKey> keys = new ConcurrentLinkedQueue<>(model.keys());
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread worker = new Thread(() -> drain(keys), "final-" + i);
      worker.start();
      workers.add(worker);
    }
    for (Thread worker : workers) {
      worker.join();
    }
  }

  private void drain(Queue<ViewKey> keys) {
    try {
      for (ViewKey key = keys.poll(); key != null; key = keys.poll()) {
        compare(key);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void compare(ViewKey key) throws InterruptedException {
    String cursor = null;
    Entry after = null;
    compared.incrementAndGet();
    do {
      long asked = System.nanoTime();
      Answer answer = settled(key, cursor);
      String difference =
          answer == null
              ? "no projection answer that covers " + BinlogPosition.print(last)
              : Judge.difference(
                  new Observation(key, LIMIT, after, 0, asked, System.nanoTime(), answer),
                  model.history(key).last().answer());
      if (difference != null) {
        different.incrementAndGet();
        tally.wrong("key " + key + " at the end: " + difference);
        return;
      }
      cursor = answer.nextCursor();
      after = answer.items().isEmpty() ? null : answer.items().get(answer.items().size() - 1);
    } while (cursor != null);
  }

  /**
   * Returns an answer from the projection that covers the last commit; null if there is none in
   * time.
   */
  private Answer settled(ViewKey key, String cursor) throws InterruptedException {
    while (true) {
      long pause = 5_000_000;
      try {
        Answer answer = client.ask(key, LIMIT, cursor);
        if (!answer.fromProjection()) {
          // Each answer from MySQL is a query that MySQL must run.
          pause = 100_000_000;
        }
        if (answer.fromProjection() && answer.version() >= last) {
          return answer;
        }
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          tally.failed("key " + key + ": " + e);
        }
      }
      if (System.nanoTime() > deadline) {
        return null;
      }
      LockSupport.parkNanos(pause);
    }
  }

  long compared() {
    return compared.get();
  }

  long different() {
    return different.get();
  }
}
