package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Submits, resumes, stops and cancels the job of a configuration. Only one job with a name runs at
 * a time. The last operation is stored in a {@link JobRecord}, so that the supervisor of embedded
 * servers knows whether a user has stopped the job.
 */
public final class JobControl {
  private static final Duration SAVE = Duration.ofMinutes(30);
  private static final Duration END = Duration.ofMinutes(5);

  private final Config config;
  private final Path record;
  private final FlinkApi flink;
  private final LongOperations operations;
  private final Submission submission;

  /** The formats of savepoints. */
  public enum Format {
    /** Flink's canonical format, which every state backend can read. */
    CANONICAL,
    /** The state backend's native format, which is faster. */
    NATIVE
  }

  /**
   * Creates a control without connecting to the cluster.
   *
   * @param out receives lines of progress
   */
  public JobControl(Layout layout, Config config, Consumer<String> out) {
    this.config = config;
    this.record = record(layout, config);
    this.flink = new FlinkApi(config.flink());
    this.operations = new LongOperations(out);
    this.submission = new Submission(layout, flink, operations);
  }

  /** Returns the file of the record of a configuration's job. */
  public static Path record(Layout layout, Config config) {
    String name = config.job().name() + "@" + config.flink().url().replaceFirst("https?://", "");
    return layout.home().resolve("jobs").resolve(name.replaceAll("[^A-Za-z0-9@._-]", "_"));
  }

  /** Returns the record of the last operation. */
  public JobRecord last() {
    return JobRecord.read(record);
  }

  /**
   * Submits the job without state and waits until it runs.
   *
   * @param parallelism the parallelism; empty for the configured one
   * @return the job's id
   */
  public String submit(OptionalInt parallelism) {
    return start(Optional.empty(), parallelism.orElse(config.job().parallelism()));
  }

  /**
   * Submits the job from a savepoint or checkpoint and waits until it runs.
   *
   * @param from the path; empty for the newest known one
   * @param parallelism the parallelism; empty for the configured one
   * @return the job's id
   */
  public String resume(Optional<String> from, OptionalInt parallelism) {
    flink.requireSupported();
    requireNone();
    String path =
        from.orElseGet(
            () ->
                Checkpoints.newest(flink, config.job().name(), last())
                    .orElseThrow(
                        () ->
                            new Failure(
                                "Job %s: no savepoint or checkpoint is known on this machine; give one with --from, or use submit"
                                    .formatted(config.job().name())))
                    .path());
    operations.say("resuming from " + path);
    return start(Optional.of(path), parallelism.orElse(config.job().parallelism()));
  }

  /**
   * Submits the job for a supervisor whose cluster has lost its jobs, without checks and without
   * waiting until it runs.
   */
  public String again(Optional<String> from, int parallelism) {
    long at = System.currentTimeMillis();
    String id = submission.submit(config, parallelism, from);
    last().submitted(id, from, at, parallelism).write(record);
    return id;
  }

  /** Whether the cluster has a job with the configured name that has not ended. */
  public boolean isRunning() {
    return flink.running(config.job().name()).isPresent();
  }

  /** Returns the state of the newest job, such as RUNNING; empty if the cluster has none. */
  public Optional<String> state() {
    return flink.jobs(config.job().name()).stream().findFirst().map(FlinkApi.Listed::state);
  }

  /** Deletes the record of earlier operations. */
  public void forget() {
    JobRecord.NONE.write(record);
  }

  private String start(Optional<String> from, int parallelism) {
    if (parallelism < 1 || parallelism > config.job().maxParallelism()) {
      throw new Failure(
          "Parallelism: %d is out of range; give 1 to job.max-parallelism %d"
              .formatted(parallelism, config.job().maxParallelism()));
    }
    flink.requireSupported();
    requireNone();
    StoreVersion.require(config.store());
    submission.awaitSlots(parallelism);
    String id = again(from, parallelism);
    operations.say("job " + id + " is submitted");
    submission.awaitRunning(id);
    operations.say("job " + id + " runs at parallelism " + parallelism);
    return id;
  }

  /**
   * Takes a savepoint.
   *
   * @param stop whether to stop the job with it
   * @param folder the target folder on the cluster; empty for the configured one
   * @return the savepoint's path
   */
  public String savepoint(boolean stop, Format format, Optional<String> folder) {
    FlinkApi.Listed job = require();
    Map<String, Object> body = new LinkedHashMap<>();
    Optional<String> target = folder.or(config.flink()::savepoints);
    // Does not drain, because that would emit a final watermark, after which the log could not
    // continue.
    body.put(stop ? "drain" : "cancel-job", false);
    body.put("formatType", format.name());
    target.ifPresent(path -> body.put(stop ? "targetDirectory" : "target-directory", path));
    long at = System.currentTimeMillis();
    String request =
        flink
            .post("/jobs/" + job.id() + (stop ? "/stop" : "/savepoints"), body)
            .path("request-id")
            .asText();
    String path =
        operations.await(
            "savepoint of job " + job.id(),
            SAVE,
            () -> located(flink.get("/jobs/" + job.id() + "/savepoints/" + request)));
    JobRecord saved = last().saved(path, at);
    (stop ? saved.ended() : saved).write(record);
    operations.say("savepoint " + path);
    if (stop) {
      awaitEnd(job.id());
    }
    return path;
  }

  /** Cancels the job without a savepoint; its last checkpoint is kept. */
  public void cancel() {
    FlinkApi.Listed job = require();
    JobRecord before = last();
    // Saved, because Flink may have forgotten the checkpoint when the job is resumed.
    JobRecord kept =
        Checkpoints.newest(flink, config.job().name(), before)
            .map(newest -> before.saved(newest.path(), newest.at()))
            .orElse(before);
    // Written first, so that a supervisor that finds no job knows that it was cancelled.
    kept.ended().write(record);
    try {
      flink.cancel(job.id());
    } catch (Failure e) {
      before.write(record);
      throw e;
    }
    awaitEnd(job.id());
  }

  private void awaitEnd(String id) {
    String state =
        operations.await(
            "job " + id + " ends",
            END,
            () ->
                flink.jobs(config.job().name()).stream()
                    .filter(job -> job.id().equals(id) && job.isOver())
                    .map(FlinkApi.Listed::state)
                    .findFirst());
    operations.say("job " + id + " is " + state);
  }

  private Optional<String> located(JsonNode answer) {
    if (!answer.path("status").path("id").asText().equals("COMPLETED")) {
      return Optional.empty();
    }
    String trace = answer.path("operation").path("failure-cause").path("stack-trace").asText("");
    if (!trace.isEmpty()) {
      throw new Failure(
          "Savepoint failed: %s. The job still runs; remove the cause and try again"
              .formatted(FlinkApi.rootCause(trace).orElse("")));
    }
    return Optional.of(answer.path("operation").path("location").asText());
  }

  private void requireNone() {
    List<FlinkApi.Listed> running =
        flink.jobs(config.job().name()).stream().filter(job -> !job.isOver()).toList();
    if (!running.isEmpty()) {
      throw new Failure(
          "Job %s: it is already %s as %s on %s; stop it with savepoint --stop or cancel first"
              .formatted(
                  config.job().name(),
                  running.get(0).state(),
                  running.get(0).id(),
                  config.flink().url()));
    }
  }

  private FlinkApi.Listed require() {
    flink.requireSupported();
    return flink
        .running(config.job().name())
        .orElseThrow(
            () ->
                new Failure(
                    "Job %s: none runs on %s; start it with submit or resume"
                        .formatted(config.job().name(), config.flink().url())));
  }
}
