package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Databases;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.config.Config;
import dev.freshet.config.Setting;
import dev.freshet.servers.FlinkClient;
import dev.freshet.servers.RocksDb;
import dev.freshet.servers.ServerException;
import dev.freshet.store.StoreNames;
import dev.freshet.view.declare.Declarations;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the views, submits the job with Flink's client, and waits until it runs. */
final class Submission {
  private static final Duration SUBMIT = Duration.ofMinutes(3);
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final Duration SLOTS = Duration.ofSeconds(10);

  /** An idle task manager notices a new job manager when heartbeats have been missing for long. */
  private static final Duration ANY_SLOT = Duration.ofSeconds(60);

  private static final Duration RUN = Duration.ofMinutes(2);
  private static final String NO_SAVEPOINT = "Cannot find checkpoint or savepoint";

  /** What {@code FreshetJob} puts before each of its problems. */
  private static final String REFUSED = "Refused: ";

  private static final Pattern SUBMITTED = Pattern.compile("JobID ([0-9a-f]{32})");

  private final Layout layout;
  private final FlinkApi flink;
  private final LongOperations operations;

  Submission(Layout layout, FlinkApi flink, LongOperations operations) {
    this.layout = layout;
    this.flink = flink;
    this.operations = operations;
  }

  /**
   * Submits the job.
   *
   * @param parallelism the parallelism, instead of the configured one
   * @param from a savepoint or checkpoint; empty for none
   * @return the job's id
   * @throws Failure with all problems of the views, before anything is sent; or with the reason why
   *     Flink or the job's program refused the job
   */
  String submit(Config config, int parallelism, Optional<String> from) {
    try (JobFolder folder = new JobFolder()) {
      List<String> arguments = new ArrayList<>(List.of("run", "-d"));
      from.ifPresent(path -> arguments.addAll(List.of("-s", path)));
      arguments.addAll(
          JobJar.arguments(layout.installation().jobJar(), config.flink().jars(), folder.client()));
      arguments.addAll(List.of("--config", config.file().toString()));
      // These have an effect only if the cluster or flink.properties selects RocksDB.
      Map<String, String> settings = new HashMap<>(RocksDb.settings());
      // Allows resuming a cancelled job from its last checkpoint.
      settings.put(
          "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
      settings.putAll(config.flink().properties().values());
      Map<String, String> variables =
          new HashMap<>(
              Setting.withSecretsInFiles(config.variables().values(), folder::writeSecret));
      variables.put(Setting.JOB_PARALLELISM.variable(), String.valueOf(parallelism));
      FlinkClient client =
          new FlinkClient(
              folder.client(),
              URI.create(flink.url()),
              FlinkApi.keys(config.flink()),
              settings,
              variables);
      String printed =
          operations.run(
              "checking views and servers, sending the job",
              () -> {
                check(config);
                return run(client, arguments, folder, from);
              });
      Matcher submitted = SUBMITTED.matcher(printed);
      if (!submitted.find()) {
        throw new Failure("Job: Flink's client printed no job id; see " + flink.url());
      }
      return submitted.group(1);
    }
  }

  /** Checks the views like the job's program does. */
  private static void check(Config config) {
    Declarations declared = Declarations.in(config.views());
    if (declared.parsed().isEmpty()) {
      Failure.ifAny(declared.problems());
    }
    if (!declared.events().isEmpty()) {
      // The job's program asks Kafka for the topics; such a job needs no MySQL.
      return;
    }
    Config.Source source = config.source();
    try (Connection mysql = Databases.mysql(source, ANSWER)) {
      Failure.ifAny(StoreNames.check(mysql, source.database(), declared).problems());
    } catch (SQLException e) {
      Failure.ifAny(declared.problems());
      // The job's program, which Flink's client runs on this machine, needs MySQL, too.
      throw new Failure(
          "Source %s: this machine cannot check the views there (%s); check the address and the account, and that it runs, or submit from a machine that can reach it"
              .formatted(source, Failure.line(e)),
          e);
    }
  }

  private String run(
      FlinkClient client, List<String> arguments, JobFolder folder, Optional<String> from) {
    try {
      return client.run(arguments, SUBMIT);
    } catch (ServerException e) {
      String printed = folder.printed();
      throw reason(printed.isBlank() ? String.valueOf(e.getMessage()) : printed, from, e);
    }
  }

  /** Returns the problems that the job's program printed, or else Flink's reason in one line. */
  private Failure reason(String printed, Optional<String> from, ServerException e) {
    List<String> refused =
        printed
            .lines()
            .filter(line -> line.startsWith(REFUSED))
            .map(line -> line.substring(REFUSED.length()))
            .toList();
    if (!refused.isEmpty()) {
      return new Failure(String.join("\n", refused), e);
    }
    if (from.isPresent() && printed.contains(NO_SAVEPOINT)) {
      return new Failure(
          "Savepoint %s: Flink %s cannot find it; give one that the cluster can read with --from"
              .formatted(from.get(), flink.url()),
          e);
    }
    return new Failure(
        FlinkApi.rootCause(printed)
            .map(cause -> "Job: Flink %s rejected it (%s)".formatted(flink.url(), cause))
            .orElse(printed),
        e);
  }

  /** Waits until all tasks run. */
  void awaitRunning(String id) {
    operations.await(
        "job " + id + " starts",
        RUN,
        () -> {
          JsonNode job = flink.get("/jobs/" + id);
          String state = job.path("state").asText();
          if (state.equals("FAILED") || state.equals("FAILING") || state.equals("RESTARTING")) {
            throw failed(id, state);
          }
          boolean all = state.equals("RUNNING");
          for (JsonNode vertex : job.path("vertices")) {
            all &= vertex.path("status").asText().equals("RUNNING");
          }
          return all ? Optional.of(state) : Optional.empty();
        });
  }

  private Failure failed(String id, String state) {
    return new Failure(
        "Job %s: it is %s (%s); see %s"
            .formatted(id, state, flink.cause(id).orElse("no cause reported"), flink.url()));
  }

  /**
   * Waits for free slots: a job may just have ended, or task managers may just have started. Does
   * nothing for clusters that start task managers on demand.
   *
   * @throws Failure if there are too few
   */
  void awaitSlots(int parallelism) {
    if (startsTaskManagersOnDemand()) {
      return;
    }
    long begin = System.nanoTime();
    operations.await(
        "task managers with " + parallelism + " free slots",
        ANY_SLOT.multipliedBy(2),
        () -> {
          JsonNode overview = flink.get("/overview");
          int free = overview.path("slots-available").asInt();
          int all = overview.path("slots-total").asInt();
          boolean hopeless = all > 0 && all < parallelism;
          Duration patience = all == 0 ? ANY_SLOT : SLOTS;
          boolean isOver = System.nanoTime() - begin > patience.toNanos();
          if (free < parallelism && (hopeless || isOver)) {
            throw new Failure(
                "Flink %s: %d of %d slots are free, the job needs %d; reduce --parallelism, or add task managers (up has --slots)"
                    .formatted(flink.url(), free, all, parallelism));
          }
          return free < parallelism ? Optional.empty() : Optional.of(free);
        });
  }

  private boolean startsTaskManagersOnDemand() {
    for (JsonNode entry : flink.find("/jobmanager/config").orElse(flink.get("/config"))) {
      String key = entry.path("key").asText();
      if (key.equals("kubernetes.cluster-id") || key.equals("yarn.application.id")) {
        return true;
      }
    }
    return false;
  }
}
