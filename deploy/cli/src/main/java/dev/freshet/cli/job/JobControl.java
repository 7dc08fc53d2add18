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
 * What can be done with the job of a configuration. Only one job of a name runs at a time. What was
 * done is kept in a record, by which the supervisor of embedded servers knows what a person wants.
 */
public final class JobControl {
  private static final Duration SAVE = Duration.ofMinutes(30);
  private static final Duration END = Duration.ofMinutes(5);

  private final Config config;
  private final Path record;
  private final FlinkApi flink;
  private final Steps steps;
  private final Submission submission;

  /** How a savepoint is written. */
  public enum Format {
    /** Flink's own, which any state backend reads. */
    CANONICAL,
    /** The state backend's, which is quicker. */
    NATIVE
  }

  /**
   * Reaches no cluster yet.
   *
   * @param said takes lines of progress
   */
  public JobControl(Layout layout, Config config, Consumer<String> said) {
    this.config = config;
    this.record = record(layout, config);
    this.flink = new FlinkApi(config.flink().url());
    this.steps = new Steps(said);
    this.submission = new Submission(layout, flink, steps);
  }

  /** Where the record of a configuration's job is. */
  public static Path record(Layout layout, Config config) {
    String place = config.job().name() + "@" + config.flink().url().replaceFirst("https?://", "");
    return layout.home().resolve("jobs").resolve(place.replaceAll("[^A-Za-z0-9@._-]", "_"));
  }

  /** What was done last. */
  public JobRecord last() {
    return JobRecord.read(record);
  }

  /**
   * Submits the job without any state.
   *
   * @param parallelism the configured one if empty
   * @return its id, once it runs
   */
  public String submit(OptionalInt parallelism) {
    return start(Optional.empty(), parallelism.orElse(config.job().parallelism()));
  }

  /**
   * Submits the job from a savepoint or checkpoint, the newest known unless one is named.
   *
   * @param parallelism the configured one if empty
   * @return its id, once it runs
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
                                "Job %s: no savepoint or checkpoint is known here; name one by --from, or submit"
                                    .formatted(config.job().name())))
                    .path());
    steps.say("resuming from " + path);
    return start(Optional.of(path), parallelism.orElse(config.job().parallelism()));
  }

  /** The same for a supervisor, whose cluster has lost its memory: neither checked nor awaited. */
  public String again(Optional<String> from, int parallelism) {
    long at = System.currentTimeMillis();
    String id = submission.submit(config, parallelism, from);
    last().submitted(id, from, at, parallelism).write(record);
    return id;
  }

  /** Whether a job of that name is there and not over. */
  public boolean isRunning() {
    return flink.running(config.job().name()).isPresent();
  }

  /** The newest job's state, such as RUNNING; empty when the cluster has none. */
  public Optional<String> state() {
    return flink.jobs(config.job().name()).stream().findFirst().map(FlinkApi.Listed::state);
  }

  /** Forgets what was done with a job of that name before. */
  public void forget() {
    JobRecord.NONE.write(record);
  }

  private String start(Optional<String> from, int parallelism) {
    if (parallelism < 1 || parallelism > config.job().maxParallelism()) {
      throw new Failure(
          "Parallelism: %d is no choice; give 1 to job.max-parallelism %d"
              .formatted(parallelism, config.job().maxParallelism()));
    }
    flink.requireSupported();
    requireNone();
    StoreVersion.require(config.store());
    submission.awaitSlots(parallelism);
    String id = again(from, parallelism);
    steps.say("job " + id + " is submitted");
    submission.awaitRunning(id);
    steps.say("job " + id + " runs at parallelism " + parallelism);
    return id;
  }

  /**
   * Takes a savepoint.
   *
   * @param stop whether the job ends with it
   * @return its path
   */
  public String savepoint(boolean stop, Format format, Optional<String> folder) {
    FlinkApi.Listed job = require();
    Map<String, Object> body = new LinkedHashMap<>();
    Optional<String> target = folder.or(config.flink()::savepoints);
    // A stop does not drain: a last watermark would end the log.
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
        steps.await(
            "savepoint of job " + job.id(),
            SAVE,
            () -> located(flink.get("/jobs/" + job.id() + "/savepoints/" + request)));
    JobRecord saved = last().saved(path, at);
    (stop ? saved.ended() : saved).write(record);
    steps.say("savepoint " + path);
    if (stop) {
      awaitEnd(job.id());
    }
    return path;
  }

  /** Ends the job without a savepoint; its last checkpoint stays. */
  public void cancel() {
    FlinkApi.Listed job = require();
    JobRecord before = last();
    // Flink may have forgotten it when somebody wants to go on.
    JobRecord kept =
        Checkpoints.newest(flink, config.job().name(), before)
            .map(newest -> before.saved(newest.path(), newest.at()))
            .orElse(before);
    // Said first: a supervisor that finds the job gone must know why.
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
        steps.await(
            "job " + id + " ends",
            END,
            () ->
                flink.jobs(config.job().name()).stream()
                    .filter(job -> job.id().equals(id) && job.isOver())
                    .map(FlinkApi.Listed::state)
                    .findFirst());
    steps.say("job " + id + " is " + state);
  }

  private Optional<String> located(JsonNode answer) {
    if (!answer.path("status").path("id").asText().equals("COMPLETED")) {
      return Optional.empty();
    }
    String trace = answer.path("operation").path("failure-cause").path("stack-trace").asText("");
    if (!trace.isEmpty()) {
      throw new Failure(
          "Savepoint: it failed (%s); the job goes on"
              .formatted(FlinkApi.rootCause(trace).orElse("")));
    }
    return Optional.of(answer.path("operation").path("location").asText());
  }

  private void requireNone() {
    List<FlinkApi.Listed> running =
        flink.jobs(config.job().name()).stream().filter(job -> !job.isOver()).toList();
    if (!running.isEmpty()) {
      throw new Failure(
          "Job %s: it is %s already as %s on %s; stop it with savepoint --stop or cancel first"
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
