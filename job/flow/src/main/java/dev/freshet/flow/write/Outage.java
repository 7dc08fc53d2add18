package dev.freshet.flow.write;

import dev.freshet.view.form.OneLine;
import java.sql.SQLException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries work while the store is down, full, or busy. The task's thread blocks meanwhile, so that
 * Flink's back-pressure holds the following records; cancelling the task interrupts the wait.
 */
final class Outage {
  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
  private static final long FIRST_PAUSE_MS = 50;
  private static final long LAST_PAUSE_MS = 1_000;
  private static final long LOG_INTERVAL_NS = 10_000_000_000L;

  /**
   * The classes of SQL states for temporary failures: connection, rollback, resources, operator
   * intervention, system error.
   */
  private static final Set<String> PASSING = Set.of("08", "40", "53", "57", "58");

  /**
   * The single SQL states for temporary failures: a read-only server (a replica, or one with a full
   * disk), and a lock timeout.
   */
  private static final Set<String> PASSING_STATES = Set.of("25006", "55P03");

  private Outage() {}

  /** Work with the store that may be repeated from the start. */
  interface Work<T> {
    T run() throws SQLException, ClassNotFoundException;
  }

  /** Work without a result. */
  interface Action {
    void run() throws SQLException, ClassNotFoundException;
  }

  /** Like {@link #outlast(StoreOptions, Work)}. */
  static void outlast(StoreOptions options, Action action)
      throws SQLException, ClassNotFoundException, InterruptedException {
    outlast(
        options,
        () -> {
          action.run();
          return null;
        });
  }

  /**
   * Does some work, and repeats it while it fails because the store does not take writes.
   *
   * @throws SQLException if it fails for another reason
   * @throws InterruptedException if the task is cancelled
   */
  static <T> T outlast(StoreOptions options, Work<T> work)
      throws SQLException, ClassNotFoundException, InterruptedException {
    long pause = FIRST_PAUSE_MS;
    long began = System.nanoTime();
    long logged = 0;
    while (true) {
      try {
        T result = work.run();
        if (logged != 0) {
          LOG.info(
              "Postgres {} takes writes again after {} ms",
              options,
              (System.nanoTime() - began) / 1_000_000);
        }
        return result;
      } catch (SQLException e) {
        if (!isPassing(e)) {
          throw e;
        }
        if (logged == 0 || System.nanoTime() - logged > LOG_INTERVAL_NS) {
          logged = System.nanoTime();
          LOG.warn(
              "Postgres {} takes no writes ({}); the job waits and continues automatically",
              options,
              OneLine.of(e.getMessage()));
        }
        Thread.sleep(pause);
        pause = Math.min(2 * pause, LAST_PAUSE_MS);
      }
    }
  }

  static boolean isPassing(SQLException e) {
    String state = e.getSQLState();
    return state != null
        && state.length() == 5
        && (PASSING.contains(state.substring(0, 2)) || PASSING_STATES.contains(state));
  }
}
