package dev.freshet.cli.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that is shown. What could not be asked is a trouble, not an end.
 *
 * @param troubles what somebody should look at, one line each; empty when all is well
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
   * @param frozen somebody stopped it by a signal; it holds its port and answers nothing
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
   * The newest job of the name.
   *
   * @param since when it was started, in milliseconds
   * @param restarts as Flink's metric has it, which is up to ten seconds old
   * @param lastFailure the newest failure; empty when Flink knows of none
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
   * @param at in ISO 8601
   */
  public record JobFailure(String at, String cause) {}

  /** Its newest complete checkpoint, and how many there were. */
  public record Checkpoint(
      long completed, long failed, long ageMs, long bytes, long durationMs, String path) {}

  /**
   * What RocksDB says of the job's state, where it keeps it; all figures are RocksDB's own.
   *
   * @param stateBytes live data in files, compressed, and what was written last
   * @param cacheBytes of the block cache that a slot has: blocks as they are uncompressed, indexes,
   *     filters, and what was written last
   * @param usedBytes of the fullest of these caches
   * @param slots that the job takes
   */
  public record RocksDb(long stateBytes, long cacheBytes, long usedBytes, int slots) {
    /** A cache is full when a block more does not fit; pieces of it are full before others. */
    private static final double FULL = 0.9;

    /** Whether a cache is full and all of them together are smaller than the state. */
    public boolean isTooSmall() {
      return usedBytes >= FULL * cacheBytes && stateBytes > cacheBytes * slots;
    }
  }

  /**
   * The first reading of all tables; figures are of one that is not complete.
   *
   * @param rowsRead since the job's last start; more than the tables hold when others write
   * @param rowsEstimated by MySQL's statistics of the tables
   */
  public record Snapshot(
      boolean complete, long rowsRead, long rowsEstimated, int percent, long remainingSeconds) {}

  /**
   * How far all of the store is.
   *
   * @param lagMs the age of what it shows
   */
  public record Progress(String version, String asOf, long lagMs, int ranges) {}

  /**
   * One view.
   *
   * @param freshnessMs how old what it shows may be; when it is older MySQL answers
   * @param state of its keys, as far as the store knows
   * @param estimated whether the counts come from Postgres's statistics, keys as a lower bound
   * @param invalidKeys how many keys are not valid, by reason; without those of a view that is
   *     INVALID as a whole
   * @param verification empty when it was never verified
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
   * How the changes of a view's rows ended that the job's nodes were sent.
   *
   * @param applied they took effect
   * @param superseded they failed, and a newer version of the row came
   * @param waiting they failed; the row's keys are not valid
   * @param dead they failed for good; likewise
   * @param entries that cannot be made of sound rows
   */
  public record Changes(long applied, long superseded, long waiting, long dead, long entries) {}

  /**
   * What came of comparing the view's keys with MySQL, since the store was made.
   *
   * @param at when that was done last
   * @param open keys that were found to differ and not verified since
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
   * The rows that wait to be tried again.
   *
   * @param oldestMs for how long the one that waits longest has waited; 0 when none waits
   */
  public record Backlog(long waiting, long oldestMs) {}

  /**
   * A reader's own health.
   *
   * @param hits what it has counted since it started; empty when it did not say
   */
  public record ReaderState(String url, boolean up, String detail, Optional<HitRatio> hits) {}
}
