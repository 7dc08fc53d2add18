package dev.freshet.reader;

import dev.freshet.reader.answer.Fallback;
import dev.freshet.reader.answer.SlowestFallbacks;
import dev.freshet.reader.flink.FlinkFigures;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The newest figures of the store, and samples and the slowest queries to MySQL of the last hour:
 * what the page and its end points show besides answers. A sample is taken whenever the store was
 * read, also if it did not answer. Thread-safe.
 */
public final class Overview {
  /** The age at which samples are dropped. */
  static final Duration SPAN = Duration.ofHours(1);

  /** The minimum time between two samples, which bounds their number. */
  static final Duration PERIOD = Duration.ofSeconds(2);

  private final ReaderMetrics metrics;
  private final InstantSource clock;
  private final Instant since;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private volatile StoreFigures figures = StoreFigures.NONE;
  private volatile Optional<FlinkFigures> flink = Optional.empty();

  /**
   * The counts at one moment.
   *
   * @param answers the answers since the reader's start
   * @param hits those of them that the projection gave
   * @param changes the row changes that the jobs applied to their views; empty if the store did not
   *     answer
   * @param lag the age of the oldest data in the store when the figures were read; empty if it is
   *     unknown
   */
  public record Sample(
      Instant at, long answers, long hits, Optional<Long> changes, Optional<Duration> lag) {}

  /** Creates an overview of a reader that starts now. */
  public Overview(ReaderMetrics metrics, InstantSource clock) {
    this.metrics = metrics;
    this.clock = clock;
    this.since = clock.instant();
    metrics.startedAt(since);
  }

  /** Replaces the figures and takes a sample. */
  public void show(StoreFigures now) {
    figures = now;
    Instant at = clock.instant();
    synchronized (samples) {
      if (!samples.isEmpty()
          && Duration.between(samples.getLast().at(), at).compareTo(PERIOD) < 0) {
        return;
      }
      samples.addLast(sample(now, at));
      while (Duration.between(samples.getFirst().at(), at).compareTo(SPAN) > 0) {
        samples.removeFirst();
      }
    }
  }

  private Sample sample(StoreFigures now, Instant at) {
    Optional<Long> changes = Optional.empty();
    if (now.at().isPresent()) {
      changes =
          Optional.of(
              now.changes().entrySet().stream()
                  .filter(count -> count.getKey().what().equals("applied"))
                  .mapToLong(count -> count.getValue())
                  .sum());
    }
    Optional<Duration> lag = Optional.empty();
    if (!now.asOf().isEmpty() && now.asOf().values().stream().allMatch(Optional::isPresent)) {
      lag =
          now.asOf().values().stream()
              .map(asOf -> Duration.between(asOf.orElseThrow(), now.at().orElse(at)))
              .map(age -> age.isNegative() ? Duration.ZERO : age)
              .max(Duration::compareTo);
    }
    return new Sample(at, metrics.answers(), metrics.hits(), changes, lag);
  }

  /** Whether a part of a job's store has not been filled from the snapshot yet. */
  boolean isBuilding(String job) {
    return figures.ranges().getOrDefault(job, List.of()).stream()
        .anyMatch(range -> !range.handedOver());
  }

  /** Replaces what Flink said about the jobs. */
  public void show(FlinkFigures now) {
    flink = Optional.of(now);
  }

  /** Returns what Flink said last about the jobs; empty if it is not asked. */
  public Optional<FlinkFigures> flink() {
    return flink;
  }

  /** Returns when the reader started. */
  public Instant since() {
    return since;
  }

  /** Returns the figures that the store returned last. */
  public StoreFigures figures() {
    return figures;
  }

  /**
   * The slowest queries to MySQL.
   *
   * @param since when the first query may have been sent
   * @param fallbacks the queries, the slowest first; at most {@link SlowestFallbacks#MOST}
   */
  public record Slowest(Instant since, List<Fallback> fallbacks) {}

  /**
   * Returns the slowest queries to MySQL of the last hour, and at most since the reader's start.
   *
   * @param ofView chooses views by name
   */
  public Slowest slowest(Predicate<String> ofView) {
    Instant now = clock.instant();
    Instant hour = SlowestFallbacks.since(now);
    return new Slowest(
        hour.isAfter(since) ? hour : since, metrics.slowestFallbacks().find(ofView, now));
  }

  /** Returns the samples of the last hour, the oldest first. */
  public List<Sample> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }
}
