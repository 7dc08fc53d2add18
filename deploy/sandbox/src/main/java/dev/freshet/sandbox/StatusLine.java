package dev.freshet.sandbox;

import dev.freshet.cli.Memory;
import dev.freshet.sandbox.traffic.Traffic;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * The status line that {@code demo} and {@code load} print every second: transactions, the time
 * from COMMIT to the HTTP answer that covers it during the last ten seconds, answers by source, and
 * resident memory. Not thread-safe.
 */
final class StatusLine {
  private static final int WINDOW = 10;

  private final Traffic traffic;
  private final Supplier<String> more;
  private final Deque<Histogram> seconds = new ArrayDeque<>();
  private Histogram before;
  private long transactions;
  private long at = System.nanoTime();

  /**
   * Starts counting now.
   *
   * @param more returns additional text for each line
   */
  StatusLine(Traffic traffic, Supplier<String> more) {
    this.traffic = traffic;
    this.more = more;
    this.before = traffic.lag().micros().copy();
  }

  /**
   * Returns the line for the time since the last call.
   *
   * @param resident resident memory in bytes
   */
  String next(long resident) {
    long now = System.nanoTime();
    long count = traffic.transactions();
    double rate = (count - transactions) * 1e9 / (now - at);
    transactions = count;
    at = now;
    Histogram all = traffic.lag().micros().copy();
    Histogram second = all.copy();
    second.subtract(before);
    before = all;
    seconds.add(second);
    if (seconds.size() > WINDOW) {
      seconds.remove();
    }
    Histogram window = new Histogram(all);
    seconds.forEach(window::add);
    return "%,d transactions (%.0f/s) · COMMIT→answer p50 %s p99 %s · answers: projection %,d, mysql %,d, none %,d%s · %s resident"
        .formatted(
            count,
            rate,
            millis(window, 50),
            millis(window, 99),
            traffic.readers().fromProjection(),
            traffic.readers().fromMysql(),
            traffic.readers().failed(),
            more.get(),
            Memory.print(resident));
  }

  private static String millis(Histogram histogram, double percentile) {
    return histogram.getTotalCount() == 0
        ? "–"
        : "%.0f ms".formatted(histogram.getValueAtPercentile(percentile) / 1e3);
  }
}
