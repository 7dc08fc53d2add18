package dev.freshet.reader.database;

import dev.freshet.reader.DaemonThreads;
import dev.freshet.reader.Defects;
import dev.freshet.reader.answer.Arrivals;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.WritePosition;
import dev.freshet.store.ProgressTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls the progress of all jobs every few milliseconds while requests wait for a write. One poll
 * serves all waiting requests.
 *
 * <p>A waiting request uses no thread. Thread-safe. A background thread polls; other threads
 * complete the futures of the requests.
 */
final class ProgressWatch implements Arrivals, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressWatch.class);
  private static final Defects DEFECTS = new Defects(LOG);
  private static final long PERIOD_MS = 5;

  private final DataSource postgres;
  private final ProgressTable progress;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(DaemonThreads.named("progress-watch"));
  private final ExecutorService readers;

  private record Waiting(
      String job, int group, WritePosition written, long until, CompletableFuture<Boolean> result) {
    private boolean isLate() {
      return System.nanoTime() - until >= 0;
    }
  }

  /**
   * Creates a watch.
   *
   * @param readers the number of threads that complete the futures and then read the store
   */
  ProgressWatch(DataSource postgres, String schema, int readers) {
    this.postgres = postgres;
    this.progress = new ProgressTable(schema);
    this.readers =
        Executors.newFixedThreadPool(readers, DaemonThreads.named("progress-watch-reader"));
  }

  @Override
  public CompletableFuture<Boolean> await(Question question, WritePosition written, Duration most) {
    if (most.isZero()) {
      return CompletableFuture.completedFuture(false);
    }
    Waiting me =
        new Waiting(
            question.view().job(),
            question.view().groupOf(question.key()),
            written,
            System.nanoTime() + most.toNanos(),
            new CompletableFuture<>());
    waiting.add(me);
    look();
    return me.result();
  }

  private void look() {
    if (looking.compareAndSet(false, true)) {
      try {
        thread.execute(this::lookWhileAnyWaits);
      } catch (RejectedExecutionException e) {
        LOG.debug("the reader stops", e);
        giveUp();
      }
    }
  }

  private void lookWhileAnyWaits() {
    try (Connection connection = postgres.getConnection()) {
      while (!waiting.isEmpty()) {
        List<ProgressTable.Position> reached = progress.positions(connection);
        complete(each -> isReached(each, reached), true);
        complete(Waiting::isLate, false);
        Thread.sleep(PERIOD_MS);
      }
    } catch (SQLException e) {
      // The request's own read has logged that the store does not answer.
      giveUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp();
    } catch (RuntimeException e) {
      DEFECTS.log("Polling the progress failed", e);
      giveUp();
    } finally {
      looking.set(false);
    }
    if (!waiting.isEmpty()) {
      look();
    }
  }

  private void giveUp() {
    complete(each -> true, false);
  }

  private void complete(Predicate<Waiting> which, boolean arrived) {
    waiting.removeIf(
        each -> {
          boolean ends = which.test(each);
          if (ends) {
            complete(each, arrived);
          }
          return ends;
        });
  }

  private void complete(Waiting each, boolean arrived) {
    try {
      readers.execute(() -> each.result().complete(arrived));
    } catch (RejectedExecutionException e) {
      LOG.debug("the reader stops", e);
      each.result().complete(false);
    }
  }

  private static boolean isReached(Waiting each, List<ProgressTable.Position> reached) {
    return reached.stream()
        .filter(at -> at.job().equals(each.job()) && at.range().contains(each.group()))
        .anyMatch(at -> each.written().isIn(at.position(), at.gtids()));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    readers.shutdown();
    giveUp();
  }
}
