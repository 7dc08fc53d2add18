package dev.freshet.check;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Writes to the source, reads over HTTP, and compares the answers with a model, all at the same
 * time. From its construction on it must be the only writer of the source; otherwise the model is
 * wrong.
 */
public final class Check implements AutoCloseable {
  private static final long MOST_BEHIND_NANOS = 1_000_000_000;

  private final CheckPlan plan;
  private final AnswerClient client;
  private final SourceWriter writer;
  private final SourceModel model;
  private final Tally tally = new Tally();
  private final Verdicts verdicts;
  private final KeyPicker keys;
  private final LagProbe lag;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Throwable> defect = new AtomicReference<>();
  private final AtomicLong done = new AtomicLong();
  private volatile long end = Long.MAX_VALUE;
  private volatile boolean stopped;

  /**
   * Reads the source into the model.
   *
   * @param values the entries of {@code endpoints.env}: the addresses of MySQL and the reader
   */
  public Check(Map<String, String> values, CheckPlan plan) throws SQLException {
    Endpoints endpoints = new Endpoints(values);
    this.plan = plan;
    this.client = new AnswerClient(endpoints);
    this.model = ModelLoader.load(endpoints.source());
    this.writer = new SourceWriter(endpoints::source, model);
    this.verdicts = new Verdicts(new Judge(model, tally));
    this.keys = new KeyPicker(model);
    this.lag = new LagProbe(client);
  }

  /** Runs {@link #transactions} in another thread; the future fails with its exceptions. */
  public CompletableFuture<CheckReport> transactionsBeside() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return transactions();
          } catch (SQLException | InterruptedException e) {
            throw new CompletionException(e);
          }
        });
  }

  /**
   * Runs random transactions at the plan's rate and polls throughout; then compares every key once.
   */
  public CheckReport transactions() throws SQLException, InterruptedException {
    TransactionMix mix = new TransactionMix(writer, plan.seed());
    return run(
        () -> {
          pace(
              plan.transactions(),
              plan.rate(),
              () -> {
                SourceWriter.Committed done = mix.next();
                if (done != null && !done.touched().isEmpty()) {
                  keys.changed(done.touched());
                  follow(
                      new LagProbe.Commit(done.touched().get(0), done.version(), done.returned()));
                }
              });
          return mix.counts() + ", connection lost %d times".formatted(writer.losses());
        });
  }

  /**
   * Renames the user that appears in most conversations, while pollers read the keys that show the
   * name.
   *
   * @param count the number of renames
   * @param perSecond renames per second
   */
  public CheckReport renames(int count, double perSecond)
      throws SQLException, InterruptedException {
    RenameStorm storm = new RenameStorm(writer);
    for (int i = 0; i < 16; i++) {
      keys.changed(storm.someKeys());
    }
    return run(
        () -> {
          pace(
              count,
              perSecond,
              () -> {
                SourceWriter.Committed done = storm.rename();
                keys.changed(storm.someKeys());
                lag.offer(new LagProbe.Commit(storm.largestKey(), done.version(), done.returned()));
              });
          return "{RENAME=%d of user %d, shown in %d conversations}"
              .formatted(count, storm.user(), storm.shownIn());
        });
  }

  /**
   * Offers a commit to the lag probe, but only after the projection has served its first answer.
   */
  private void follow(LagProbe.Commit commit) {
    if (tally.firstFromProjection().isBefore(Instant.MAX)) {
      lag.offer(commit);
    }
  }

  /** Returns the number of transactions so far, including those that were rolled back or lost. */
  public long transactionsSoFar() {
    return done.get();
  }

  /** Returns the number of checked answers from the projection so far. */
  public long answersFromProjection() {
    return tally.fromProjection();
  }

  /** Makes the writer stop after a number of further transactions, unless its plan ends earlier. */
  public void endAfter(long more) {
    end = done.get() + more;
  }

  private interface Writing {
    String write() throws SQLException, InterruptedException;
  }

  private interface Step {
    void run() throws SQLException;
  }

  private CheckReport run(Writing writing) throws SQLException, InterruptedException {
    BooleanSupplier stop = () -> stopped;
    start("verdicts", verdicts::run);
    for (int i = 0; i < plan.readers(); i++) {
      Poller poller = new Poller(client, verdicts, tally, keys, plan.readerMayDie());
      start("reader-" + i, () -> poller.run(plan.polls() / plan.readers(), stop));
    }
    start("lag", () -> lag.run(stop));
    long from = System.nanoTime();
    String kinds = writing.write();
    double seconds = (System.nanoTime() - from) / 1e9;
    long last = writer.position();
    FinalComparison end = new FinalComparison(client, model, tally, last, plan.patience());
    awaitLag();
    stopped = true;
    end.run(plan.readers());
    model.finish();
    verdicts.close();
    for (Thread thread : threads) {
      thread.join();
    }
    if (defect.get() != null) {
      throw new IllegalStateException("the checker itself failed", defect.get());
    }
    return new CheckReport(done.get(), seconds, kinds, tally, lag, end.compared(), end.different());
  }

  /**
   * Waits until an answer covers the last offered commit, so that a stall at the end is measured.
   * Waits at most for the plan's patience.
   */
  private void awaitLag() {
    long deadline = System.nanoTime() + plan.patience().toNanos();
    while (!lag.idle() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
  }

  /**
   * Runs steps at a steady rate. After a stall of the source it catches up at most the steps of one
   * second.
   */
  private void pace(int count, double perSecond, Step step) throws SQLException {
    long pause = (long) (1e9 / perSecond);
    long due = System.nanoTime();
    for (int i = 0; i < count && i < end; i++) {
      while (due > System.nanoTime()) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      step.run();
      done.incrementAndGet();
      due = Math.max(due + pause, System.nanoTime() - MOST_BEHIND_NANOS);
    }
  }

  private interface Work {
    void run() throws InterruptedException;
  }

  private void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException | Error e) {
                defect.compareAndSet(null, e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  @Override
  public void close() throws SQLException {
    stopped = true;
    verdicts.close();
    writer.close();
  }
}
