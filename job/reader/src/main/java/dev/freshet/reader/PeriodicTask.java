package dev.freshet.reader;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * A task that a daemon thread runs again and again until it is closed.
 *
 * <p>A run that throws is logged, and the next run follows: an executor alone would silently never
 * run the task again. This holds for errors too, such as that of a class which cannot be loaded,
 * because the reader goes on to answer without this thread.
 */
public final class PeriodicTask implements AutoCloseable {
  private static final Defects DEFECTS = new Defects(LoggerFactory.getLogger(PeriodicTask.class));

  private final String name;
  private final Runnable task;
  private final ScheduledExecutorService thread;

  private PeriodicTask(String name, Runnable task) {
    this.name = name;
    this.task = task;
    this.thread = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(name));
  }

  /**
   * Starts a task.
   *
   * @param name the name of its thread
   * @param delay the time before the first run
   * @param pause the time between the end of a run and the next run
   */
  public static PeriodicTask start(String name, Duration delay, Duration pause, Runnable task) {
    PeriodicTask periodic = new PeriodicTask(name, task);
    var unused =
        periodic.thread.scheduleWithFixedDelay(
            periodic::run, delay.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    return periodic;
  }

  private void run() {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      DEFECTS.log("A run of " + name + " failed", e);
    }
  }

  /** Interrupts a run in progress; no further run follows. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
