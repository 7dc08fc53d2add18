package dev.freshet.flow;

import com.mysql.cj.jdbc.AbandonedConnectionCleanupThread;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/**
 * The JDBC drivers that came with the job's jar, which Flink loads anew for each job.
 *
 * <p>A driver whose class is loaded makes itself known to the whole process: both register with
 * {@link DriverManager}, and MySQL's starts a thread. From there they would keep every class of a
 * job that ended for as long as the process lives, until job upon job has filled its metaspace.
 * {@link #detach} takes both back, whatever becomes of the job afterwards. Whatever runs in a Flink
 * process and opens connections calls it before.
 *
 * <p>Connections then come from a driver itself, not from {@code DriverManager}, as Flink's JDBC
 * connector, Debezium and its pool do by themselves. Without MySQL's thread a connection that was
 * forgotten stays open; those of the job are closed by those who opened them.
 */
public final class JobDrivers {
  private static final ClassLoader OWN = JobDrivers.class.getClassLoader();
  private static final List<String> DRIVERS =
      List.of("com.mysql.cj.jdbc.Driver", "org.postgresql.Driver");

  private JobDrivers() {}

  /**
   * Takes back what the drivers did when they were loaded. Drivers that are the process's own, such
   * as those in Flink's {@code lib}, stay: others may use them. From any thread, any number of
   * times.
   *
   * @throws IllegalStateException when the process does not let a driver go
   */
  public static void detach() {
    if (OWN == ClassLoader.getSystemClassLoader()) {
      return;
    }
    try {
      for (String name : DRIVERS) {
        // Loaded first: one that nobody has used yet would register later.
        deregister(Class.forName(name, true, OWN));
      }
    } catch (SQLException | ClassNotFoundException e) {
      throw new IllegalStateException(
          "JDBC drivers " + DRIVERS + ": the process does not let them go", e);
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
