package dev.freshet.reader.flink;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What Flink said about jobs at one moment.
 *
 * @param at when Flink was asked
 * @param problem why nothing is known, in one line; empty if Flink answered
 * @param jobs the newest job of each name; a name that Flink has no job of is absent
 */
public record FlinkFigures(Instant at, Optional<String> problem, Map<String, Job> jobs) {
  public FlinkFigures {
    jobs = Map.copyOf(jobs);
  }

  /** Returns these figures with an estimate of each job's rows. */
  FlinkFigures estimated(Function<String, OptionalLong> rows) {
    Map<String, Job> all = new HashMap<>();
    jobs.forEach((name, job) -> all.put(name, job.of(rows.apply(name))));
    return new FlinkFigures(at, problem, all);
  }

  /** The figures of a Flink that did not answer. */
  static FlinkFigures unknown(Instant at, String problem) {
    return new FlinkFigures(at, Optional.of(problem), Map.of());
  }

  /**
   * A job.
   *
   * @param state Flink's word for its state, such as RUNNING
   * @param started when it was submitted
   * @param restarts how often it was restarted since then
   * @param checkpoint the newest complete checkpoint; empty before the first
   * @param rowsRead how many rows and changes capture has read since the last restart; empty if
   *     Flink does not say
   * @param rowsEstimated about how many rows the snapshot reads; empty if it is complete, or if
   *     MySQL does not say
   */
  public record Job(
      String state,
      Instant started,
      long restarts,
      Optional<Checkpoint> checkpoint,
      OptionalLong rowsRead,
      OptionalLong rowsEstimated) {
    /** Returns this job with another estimate. */
    Job of(OptionalLong rows) {
      return new Job(state, started, restarts, checkpoint, rowsRead, rows);
    }
  }

  /**
   * The newest complete checkpoint.
   *
   * @param completed when it was complete
   * @param took how long it took
   * @param bytes the size of the state in it
   * @param count how many checkpoints were completed since the job was submitted
   * @param failed how many failed since then
   */
  public record Checkpoint(Instant completed, Duration took, long bytes, long count, long failed) {}
}
