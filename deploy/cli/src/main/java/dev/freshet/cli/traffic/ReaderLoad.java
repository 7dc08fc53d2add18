package dev.freshet.cli.traffic;

import dev.freshet.check.AnswerClient;
import dev.freshet.check.ViewKey;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Asks for keys that were touched a moment ago, and counts where the answers come from. */
public final class ReaderLoad {
  private final AnswerClient client;
  private final AtomicReferenceArray<ViewKey> recent = new AtomicReferenceArray<>(64);
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong projection = new AtomicLong();
  private final AtomicLong mysql = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  ReaderLoad(AnswerClient client) {
    this.client = client;
  }

  void touched(long user, long site) {
    recent.set(Math.floorMod(next.getAndIncrement(), recent.length()), new ViewKey(user, site));
  }

  void run(double perSecond, BooleanSupplier stopped) throws InterruptedException {
    long pause = (long) (1e9 / perSecond);
    long due = System.nanoTime();
    while (!stopped.getAsBoolean()) {
      due = Math.max(due + pause, System.nanoTime() - 1_000_000_000L);
      LockSupport.parkNanos(due - System.nanoTime());
      ViewKey key = recent.get(ThreadLocalRandom.current().nextInt(recent.length()));
      if (key == null) {
        continue;
      }
      try {
        (client.isFromProjection(key) ? projection : mysql).incrementAndGet();
      } catch (IOException e) {
        failed.incrementAndGet();
      }
    }
  }

  public long fromProjection() {
    return projection.get();
  }

  public long fromMysql() {
    return mysql.get();
  }

  /** Requests without an answer. */
  public long failed() {
    return failed.get();
  }
}
