package dev.freshet.sandbox.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;

/**
 * Runs queries as fast as possible, with several threads for a fixed time. Each thread has its own
 * {@link Asker}.
 */
public final class Rounds {
  private static final int DIGITS = 3;

  private Rounds() {}

  /** A target of queries, used by one thread. */
  public interface Asker extends AutoCloseable {
    /**
     * Queries a key and reads the complete answer.
     *
     * @param key the index of the key
     * @return whether the answer came from the expected source
     */
    boolean ask(int key) throws Exception;

    @Override
    void close() throws Exception;
  }

  /**
   * The result of a measurement.
   *
   * @param answers the number of answers
   * @param strays the number of answers from another source than expected
   * @param seconds the measured time in seconds
   * @param micros the latencies in microseconds
   */
  public record Result(long answers, long strays, double seconds, Histogram micros) {
    public double perSecond() {
      return answers / seconds;
    }

    /** Returns a percentile of the latencies in milliseconds. */
    public double percentile(double percent) {
      return micros.getValueAtPercentile(percent) / 1000.0;
    }

    public String print() {
      return "%,9.0f/s  p50 %8.2f ms  p99 %8.2f ms%s"
          .formatted(
              perSecond(),
              percentile(50),
              percentile(99),
              strays == 0 ? "" : "  (%,d of %,d from elsewhere)".formatted(strays, answers));
    }
  }

  /**
   * Runs a measurement.
   *
   * @param askers a target for each thread; the caller closes them
   * @param keys the number of keys to choose from
   * @param warmUp the time before the measurement starts
   * @param counted the measured time
   * @throws IllegalStateException if there was no answer in the measured time
   */
  public static Result run(
      List<? extends Asker> askers, int keys, Duration warmUp, Duration counted) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(askers.size());
    try {
      long begin = System.nanoTime() + warmUp.toNanos();
      long end = begin + counted.toNanos();
      List<Callable<Result>> tasks = new ArrayList<>();
      askers.forEach(asker -> tasks.add(() -> run(asker, keys, begin, end)));
      Histogram micros = new Histogram(DIGITS);
      long strays = 0;
      for (Future<Result> part : threads.invokeAll(tasks)) {
        micros.add(part.get().micros());
        strays += part.get().strays();
      }
      if (micros.getTotalCount() == 0) {
        throw new IllegalStateException("no answer within " + counted.toSeconds() + " s");
      }
      return new Result(micros.getTotalCount(), strays, counted.toNanos() / 1e9, micros);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception why ? why : e;
    } finally {
      threads.shutdownNow();
    }
  }

  private static Result run(Asker asker, int keys, long begin, long end) throws Exception {
    Histogram micros = new Histogram(DIGITS);
    long strays = 0;
    while (true) {
      long asked = System.nanoTime();
      boolean right = asker.ask(ThreadLocalRandom.current().nextInt(keys));
      long answered = System.nanoTime();
      if (answered > end) {
        return new Result(micros.getTotalCount(), strays, 0, micros);
      }
      if (asked >= begin) {
        micros.recordValue((answered - asked) / 1000);
        strays += right ? 0 : 1;
      }
    }
  }
}
