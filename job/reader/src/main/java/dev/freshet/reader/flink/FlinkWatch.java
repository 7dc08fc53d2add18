package dev.freshet.reader.flink;

import dev.freshet.reader.PeriodicTask;
import java.time.Duration;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks Flink about the jobs every few seconds, in a background thread, and passes the figures on.
 * Each request has a time limit of two seconds, and nobody waits for it.
 */
public final class FlinkWatch implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final PeriodicTask looks;

  private FlinkWatch(PeriodicTask looks) {
    this.looks = looks;
  }

  /**
   * Starts to ask.
   *
   * @param url Flink's REST address, without a slash at the end
   * @param jobs the names of the jobs to ask about
   * @param rows returns about how many rows a job's snapshot reads; empty if it is complete, or the
   *     number is unknown. May block
   */
  public static FlinkWatch start(
      String url,
      Supplier<Collection<String>> jobs,
      Function<String, OptionalLong> rows,
      Consumer<FlinkFigures> receiver) {
    FlinkRest flink = new FlinkRest(url, PATIENCE);
    return new FlinkWatch(
        PeriodicTask.start(
            "flink-watch", Duration.ZERO, PAUSE, () -> look(flink, jobs.get(), rows, receiver)));
  }

  private static void look(
      FlinkRest flink,
      Collection<String> jobs,
      Function<String, OptionalLong> rows,
      Consumer<FlinkFigures> receiver) {
    try {
      receiver.accept(flink.read(jobs).estimated(rows));
    } catch (InterruptedException e) {
      // The reader stops.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    looks.close();
  }
}
