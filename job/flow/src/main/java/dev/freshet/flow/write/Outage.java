package dev.freshet.flow.write;

import java.sql.SQLException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for a store that is down, full, or busy. The task waits with it, so that what follows piles
 * up before it and nothing is lost; a cancelled task stops waiting.
 */
final class Outage {
  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
  private static final long FIRST_PAUSE_MS = 50;
  private static final long LAST_PAUSE_MS = 1_000;
  private static final long LOG_INTERVAL_NS = 10_000_000_000L;

  /** Classes of SQL states: connection, roll-back, resources, interventions, system errors. */
  private static final Set<String> PASSING = Set.of("08", "40", "53", "57", "58");

  /** A read-only server is a replica, or one whose disk is full; locks are waited for. */
  private static final Set<String> PASSING_STATES = Set.of("25006", "55P03");

  private Outage() {}

  /** Something that talks to the store, and may do so again from the start. */
  interface Work<T> {
    T run() throws SQLException, ClassNotFoundException;
  }

  /** The same without a result. */
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

  /** Does some work, and as long as only the store is in the way does it again. */
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
              "Postgres {} takes no writes ({}): the job waits and goes on by itself",
              options,
              e.getMessage());
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
