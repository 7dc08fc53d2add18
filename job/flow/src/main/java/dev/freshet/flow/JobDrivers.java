package dev.freshet.flow;

import com.mysql.cj.jdbc.AbandonedConnectionCleanupThread;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/**
 * Deregisters the JDBC drivers in the job's jar, whose classes Flink loads again for each job.
 *
 * <p>When a driver's class is loaded it registers with {@link DriverManager}, and MySQL's driver
 * also starts a thread. Both references would keep all classes of a finished job alive as long as
 * the Flink process runs, until the metaspace is full after several jobs. {@link #detach} removes
 * both. All code of the job that opens connections calls it before.
 *
 * <p>Afterwards connections must be opened with a driver instance instead of {@code DriverManager};
 * Flink's JDBC connector, Debezium and its pool do that anyway. MySQL's thread would close leaked
 * connections; the job closes its connections itself.
 */
public final class JobDrivers {
  private static final ClassLoader OWN = JobDrivers.class.getClassLoader();
  private static final List<String> DRIVERS =
      List.of("com.mysql.cj.jdbc.Driver", "org.postgresql.Driver");

  private JobDrivers() {}

  /**
   * Deregisters the job's drivers and stops MySQL's thread. Drivers outside of the job's jar, such
   * as those in Flink's {@code lib}, stay registered. Thread-safe and idempotent.
   *
   * @throws IllegalStateException if a driver cannot be deregistered
   */
  public static void detach() {
    if (OWN == ClassLoader.getSystemClassLoader()) {
      return;
    }
    try {
      for (String name : DRIVERS) {
        // Loads the class first, because a driver that is not loaded yet would register later.
        deregister(Class.forName(name, true, OWN));
      }
    } catch (SQLException | ClassNotFoundException e) {
      throw new IllegalStateException("JDBC drivers " + DRIVERS + " cannot be deregistered", e);
    }
    if (AbandonedConnectionCleanupThread.class.getClassLoader() == OWN) {
      AbandonedConnectionCleanupThread.uncheckedShutdown();
    }
  }

  private static void deregister(Class<?> type) throws SQLException {
    for (Driver registered : Collections.list(DriverManager.getDrivers())) {
      if (registered.getClass() == type && type.getClassLoader() == OWN) {
        DriverManager.deregisterDriver(registered);
      }
    }
  }
}
