package dev.freshet.cli.status;

import dev.freshet.cli.Age;
import dev.freshet.cli.Memory;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Prints a status as text. */
public final class StatusText {
  private static final String LINE = "%-20s %s%n";

  private final PrintWriter out;

  public StatusText(PrintWriter out) {
    this.out = out;
  }

  /** Prints the whole status. */
  public void print(Status status) {
    if (!status.processes().isEmpty()) {
      out.printf("%-20s %8s  %-9s %10s %10s%n", "", "process", "port", "up", "resident");
      status.processes().forEach(this::process);
    }
    status.job().ifPresent(this::job);
    status.checkpoint().ifPresent(this::checkpoint);
    status.rocksDb().ifPresent(this::rocksDb);
    status.snapshot().ifPresent(this::snapshot);
    status.progress().ifPresent(this::progress);
    status.views().forEach(this::view);
    status.backlog().ifPresent(this::backlog);
    status.reader().ifPresent(this::reader);
    status.troubles().forEach(trouble -> out.println("! " + trouble));
    out.flush();
  }

  private void process(Status.ProcessState process) {
    out.printf(
        "%-20s %8d  %-9s %10s %10s%n",
        process.name(),
        process.pid(),
        process.port(),
        !process.alive() ? "DEAD" : process.frozen() ? "FROZEN" : process.up(),
        Memory.print(process.residentBytes()));
  }

  private void job(Status.JobState job) {
    out.printf(
        LINE,
        "job " + job.name(),
        "%s %s, since %s, parallelism %d, %d restarts"
            .formatted(
                job.state(),
                job.id(),
                Instant.ofEpochMilli(job.since()).truncatedTo(ChronoUnit.SECONDS),
                job.parallelism(),
                job.restarts()));
    job.lastFailure()
        .ifPresent(
            failure ->
                out.printf(
                    LINE,
                    "",
                    "failed last %s ago: %s"
                        .formatted(
                            Age.print(Duration.between(Instant.parse(failure.at()), Instant.now())),
                            failure.cause())));
  }

  private void checkpoint(Status.Checkpoint checkpoint) {
    out.printf(
        LINE,
        "checkpoint",
        "%s ago, %,d KiB in %,d ms; %d done, %d failed"
            .formatted(
                time(checkpoint.ageMs() / 1000),
                checkpoint.bytes() >> 10,
                checkpoint.durationMs(),
                checkpoint.completed(),
                checkpoint.failed()));
  }

  private void rocksDb(Status.RocksDb rocksDb) {
    out.printf(
        LINE,
        "rocksdb",
        "%s of state in files, %s of a cache of %s in use in each of %d slots"
            .formatted(
                Memory.print(rocksDb.stateBytes()),
                Memory.print(rocksDb.usedBytes()),
                Memory.print(rocksDb.cacheBytes()),
                rocksDb.slots()));
  }

  private void snapshot(Status.Snapshot snapshot) {
    out.printf(
        LINE,
        "snapshot",
        snapshot.complete()
            ? "complete"
            : "%,d rows read of about %,d, %d%%, %s"
                .formatted(
                    snapshot.rowsRead(),
                    snapshot.rowsEstimated(),
                    snapshot.percent(),
                    snapshot.remainingSeconds() < 0
                        ? "remaining time unknown"
                        : "about " + time(snapshot.remainingSeconds()) + " to go"));
  }

  private void progress(Status.Progress progress) {
    out.printf(
        LINE,
        "progress",
        progress.lagMs() < 0
            ? progress.version() + ", not confirmed by MySQL yet"
            : "%s, as of %s, lag %s"
                .formatted(
                    progress.version(),
                    progress.asOf(),
                    progress.lagMs() < 10_000
                        ? progress.lagMs() + " ms"
                        : time(progress.lagMs() / 1000)));
  }

  private void view(Status.View view) {
    out.printf(
        LINE,
        "view " + view.name(),
        (view.estimated()
                ? "generation %d, keys: %s at least %,d; about %,d entries (Postgres's estimates)"
                : "generation %d, keys: %s %,d; %,d entries")
            .formatted(view.generation(), view.state(), view.keys(), view.entries()));
    Status.Changes changes = view.changes();
    out.printf(
        LINE,
        "",
        "changes: %,d applied, %,d superseded, %,d waiting, %,d dead"
            .formatted(changes.applied(), changes.superseded(), changes.waiting(), changes.dead()));
    view.verification().ifPresent(this::verification);
  }

  private void verification(Status.Verification verification) {
    out.printf(
        LINE,
        "",
        "compared with MySQL: %,d verified, %,d inconclusive, %,d mismatched, %,d not served; last %s ago"
            .formatted(
                verification.verified(),
                verification.inconclusive(),
                verification.mismatched(),
                verification.notServed(),
                time(verification.ageMs() / 1000)));
  }

  private void backlog(Status.Backlog backlog) {
    out.printf(
        LINE,
        "to be tried again",
        backlog.waiting() == 0
            ? "no rows"
            : "%,d rows, the oldest for %s"
                .formatted(backlog.waiting(), time(backlog.oldestMs() / 1000)));
  }

  private void reader(Status.ReaderState reader) {
    out.printf(LINE, "reader", reader.url() + ", " + reader.detail());
    reader
        .hits()
        .ifPresent(
            hits ->
                out.printf(
                    LINE,
                    "",
                    "hit ratio %s: %,d of %,d answers from the projection since its start"
                        .formatted(hits.print(), hits.hits(), hits.answers())));
  }

  private static String time(long seconds) {
    return Age.print(Duration.ofSeconds(seconds));
  }
}
