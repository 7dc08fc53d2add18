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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/**
 * Polls the progress of all jobs every few milliseconds, once for all requests that wait for a
 * write, and not while no request waits.
 *
 * <p>Thread-safe; a background thread polls.
 */
final class ProgressWatch implements Arrivals, AutoCloseable {
  private static final Defects DEFECTS = new Defects(LoggerFactory.getLogger(ProgressWatch.class));
  private static final long PERIOD_MS = 5;

  private final DataSource postgres;
  private final ProgressTable progress;
  private final Semaphore slots;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(DaemonThreads.named("progress-watch"));

  private record Waiting(
      String job, int group, WritePosition written, CompletableFuture<Boolean> arrived) {}

  /**
   * Makes a watch.
   *
   * @param most the maximum number of requests that wait at once
   */
  ProgressWatch(DataSource postgres, String schema, int most) {
    this.postgres = postgres;
    this.progress = new ProgressTable(schema);
    this.slots = new Semaphore(most);
  }

  @Override
  public boolean await(Question question, WritePosition written, Duration most) {
    if (most.isZero() || !slots.tryAcquire()) {
      return false;
    }
    Waiting me =
        new Waiting(
            question.view().job(),
            question.view().groupOf(question.key()),
            written,
            new CompletableFuture<>());
    try {
      waiting.add(me);
      look();
      return me.arrived().get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      waiting.remove(me);
      slots.release();
    }
  }

  private void look() {
    if (looking.compareAndSet(false, true)) {
      thread.execute(this::lookWhileSomebodyWaits);
    }
  }

  private void lookWhileSomebodyWaits() {
    try (Connection connection = postgres.getConnection()) {
      while (!waiting.isEmpty()) {
        List<ProgressTable.Position> reached = progress.positions(connection);
        waiting.removeIf(each -> isReached(each, reached) && each.arrived().complete(true));
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
    waiting.removeIf(each -> each.arrived().complete(false));
  }

  private static boolean isReached(Waiting each, List<ProgressTable.Position> reached) {
    return reached.stream()
        .filter(at -> at.job().equals(each.job()) && at.range().contains(each.group()))
        .anyMatch(at -> each.written().isIn(at.position(), at.gtids()));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
