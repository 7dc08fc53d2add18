package dev.freshet.sandbox.traffic;

import dev.freshet.client.FreshetClient;
import dev.freshet.client.FreshetException;
import dev.freshet.client.Query;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Reads keys that were changed recently, and counts the answers by source. Thread-safe. */
public final class ReaderLoad {
  private final FreshetClient reader;
  private final AtomicReferenceArray<Query> recent = new AtomicReferenceArray<>(64);
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong projection = new AtomicLong();
  private final AtomicLong mysql = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  ReaderLoad(FreshetClient reader) {
    this.reader = reader;
  }

  void touched(Query key) {
    recent.set(Math.floorMod(next.getAndIncrement(), recent.length()), key);
  }

  void run(double perSecond, BooleanSupplier stopped) throws InterruptedException {
    long pause = (long) (1e9 / perSecond);
    long due = System.nanoTime();
    while (!stopped.getAsBoolean()) {
      due = Math.max(due + pause, System.nanoTime() - 1_000_000_000L);
      LockSupport.parkNanos(due - System.nanoTime());
      Query key = recent.get(ThreadLocalRandom.current().nextInt(recent.length()));
      if (key == null) {
        continue;
      }
      try {
        boolean fromProjection = reader.get(key).source().equals("projection");
        (fromProjection ? projection : mysql).incrementAndGet();
      } catch (FreshetException e) {
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

  /** Returns the number of requests without an answer. */
  public long failed() {
    return failed.get();
  }
}
