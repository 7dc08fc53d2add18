package dev.freshet.reader.database;

import dev.freshet.reader.answer.Arrivals;
import dev.freshet.reader.answer.Progress;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.Written;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the progress of all jobs every few milliseconds, once for all who wait for a write, and
 * not at all while nobody does.
 *
 * <p>Safe for many threads; the looking is done in one of its own.
 */
final class ProgressWatch implements Arrivals, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressWatch.class);
  private static final long PERIOD_MS = 5;

  private final DataSource postgres;
  private final String sql;
  private final Semaphore places;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "progress-watch");
            made.setDaemon(true);
            return made;
          });

  private record Waiting(
      String job, int group, Written written, CompletableFuture<Boolean> arrived) {}

  private record Range(int first, int last, Progress progress) {}

  /**
   * A watch.
   *
   * @param most that may wait at once
   */
  ProgressWatch(DataSource postgres, String schema, int most) {
    this.postgres = postgres;
    this.sql =
        "SELECT job, first_group, last_group, version, gtid_set FROM \"%s\".progress WHERE handed_over"
            .formatted(schema.replace("\"", "\"\""));
    this.places = new Semaphore(most);
  }

  @Override
  public boolean await(Question question, Written written, Duration most) {
    if (most.isZero() || !places.tryAcquire()) {
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
      places.release();
    }
  }

  private void look() {
    if (looking.compareAndSet(false, true)) {
      thread.execute(this::lookWhileSomebodyWaits);
    }
  }

  private void lookWhileSomebodyWaits() {
    try (Connection connection = postgres.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      while (!waiting.isEmpty()) {
        Map<String, List<Range>> reached = read(statement);
        waiting.removeIf(each -> isReached(each, reached) && each.arrived().complete(true));
        Thread.sleep(PERIOD_MS);
      }
    } catch (SQLException e) {
      // The question itself, asked before, has said in the log that the store does not answer.
      giveUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp();
    } catch (RuntimeException e) {
      LOG.error("Progress was not read; this is a defect of the reader", e);
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

  private static boolean isReached(Waiting each, Map<String, List<Range>> reached) {
    return reached.getOrDefault(each.job(), List.of()).stream()
        .filter(range -> range.first() <= each.group() && each.group() <= range.last())
        .anyMatch(range -> each.written().isIn(range.progress()));
  }

  private static Map<String, List<Range>> read(PreparedStatement statement) throws SQLException {
    Map<String, List<Range>> ranges = new HashMap<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ranges
            .computeIfAbsent(rows.getString(1), job -> new ArrayList<>())
            .add(
                new Range(
                    rows.getInt(2),
                    rows.getInt(3),
                    new Progress(rows.getLong(4), rows.getString(5), Optional.empty(), true)));
      }
    }
    return ranges;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
