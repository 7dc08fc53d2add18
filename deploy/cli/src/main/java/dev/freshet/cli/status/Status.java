package dev.freshet.cli.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The status of all parts of a system. A part that does not answer is empty and has an entry in
 * {@code troubles}.
 *
 * @param processes the processes of embedded servers; empty for a user's own servers
 * @param troubles the problems, one line each; empty if there are none
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Status(
    List<ProcessState> processes,
    Optional<JobState> job,
    Optional<Checkpoint> checkpoint,
    Optional<RocksDb> rocksDb,
    Optional<Snapshot> snapshot,
    Optional<Progress> progress,
    List<View> views,
    Optional<Backlog> backlog,
    Optional<ReaderState> reader,
    List<String> troubles) {
  public Status {
    processes = List.copyOf(processes);
    views = List.copyOf(views);
    troubles = List.copyOf(troubles);
  }

  /**
   * An embedded server.
   *
   * @param up the time since its start as text
   * @param frozen whether it was stopped by a signal, so that it has its port but does not answer
   */
  public record ProcessState(
      String name,
      long pid,
      String port,
      String up,
      long residentBytes,
      boolean alive,
      boolean frozen) {}

  /**
   * The newest job with the configured name.
   *
   * @param since when it was started, in milliseconds since the epoch
   * @param restarts the number of restarts from Flink's metric, which is up to ten seconds old
   * @param lastFailure the newest failure; empty if Flink has none
   */
  public record JobState(
      String name,
      String id,
      String state,
      long since,
      int parallelism,
      long restarts,
      Optional<JobFailure> lastFailure) {}

  /**
   * A failure that the job recovered from, or that ended it.
   *
   * @param at when it happened, in ISO 8601
   */
  public record JobFailure(String at, String cause) {}

  /** The newest complete checkpoint of the job, and the numbers of completed and failed ones. */
  public record Checkpoint(
      long completed, long failed, long ageMs, long bytes, long durationMs, String path) {}

  /**
   * RocksDB's metrics of the job's state.
   *
   * @param stateBytes the live data in files, compressed, plus the memtables
   * @param cacheBytes the size of a slot's block cache, for uncompressed blocks, indexes, filters
   *     and memtables
   * @param usedBytes the used part of the fullest of these caches
   * @param slots the number of slots that the job uses
   */
  public record RocksDb(long stateBytes, long cacheBytes, long usedBytes, int slots) {
    /** The share from which on a cache counts as full; its shards do not fill up equally. */
    private static final double FULL = 0.9;

    /** Whether a cache is full and all of them together are smaller than the state. */
    public boolean isTooSmall() {
      return usedBytes >= FULL * cacheBytes && stateBytes > cacheBytes * slots;
    }
  }

  /**
   * The snapshot of all tables. The figures are for a snapshot that is not complete.
   *
   * @param rowsRead rows read since the job's last start; may exceed the tables' rows because of
   *     concurrent changes
   * @param rowsEstimated the estimate of MySQL's statistics
   * @param percent the estimated progress, 0 to 100
   * @param remainingSeconds the estimated remaining time; −1 if unknown
   */
  public record Snapshot(
      boolean complete, long rowsRead, long rowsEstimated, int percent, long remainingSeconds) {}

  /**
   * The progress of the whole store.
   *
   * @param asOf the time as of which it is complete, in ISO 8601
   * @param lagMs the age of its data in milliseconds; −1 if MySQL has never confirmed it
   * @param ranges the number of ranges of key groups
   */
  public record Progress(String version, String asOf, long lagMs, int ranges) {}

  /**
   * A view.
   *
   * @param freshnessMs the maximum age of an answer from the projection
   * @param state the state of the whole view: BUILDING, VALID or INVALID
   * @param estimated whether the counts come from Postgres's statistics; then {@code keys} is a
   *     lower bound
   * @param invalidKeys the number of individually invalid keys, by reason
   * @param verification empty if the view was never verified
   */
  public record View(
      String name,
      int generation,
      long freshnessMs,
      String state,
      long keys,
      long entries,
      boolean estimated,
      Map<String, Long> invalidKeys,
      Changes changes,
      Optional<Verification> verification) {}

  /**
   * The numbers of row changes that a view's nodes received, by outcome.
   *
   * @param applied changes that took effect
   * @param superseded changes that failed and were followed by a newer version of the row
   * @param waiting changes that failed and wait for a retry; the row's keys are invalid
   * @param dead changes that failed and are not retried; the row's keys are invalid
   * @param entries entries that cannot be computed although their rows could be used
   */
  public record Changes(long applied, long superseded, long waiting, long dead, long entries) {}

  /**
   * The results of comparing the view's keys with MySQL since the store was created.
   *
   * @param at the time of the last comparison, in ISO 8601
   * @param open keys that differed when they were last compared
   */
  public record Verification(
      String at,
      long ageMs,
      long verified,
      long inconclusive,
      long mismatched,
      long notServed,
      List<String> open) {
    public Verification {
      open = List.copyOf(open);
    }
  }

  /**
   * The rows that wait for a retry.
   *
   * @param waiting the number of rows
   * @param oldestMs how long the oldest has waited, in milliseconds; 0 if none waits
   */
  public record Backlog(long waiting, long oldestMs) {}

  /**
   * The health of a reader as it reports it.
   *
   * @param hits the hit ratio since its start; empty if it could not be read
   */
  public record ReaderState(String url, boolean up, String detail, Optional<HitRatio> hits) {}
}
