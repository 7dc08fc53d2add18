package dev.freshet.flow;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.kafka.Topics;
import dev.freshet.flow.write.StoreSchema;
import dev.freshet.store.StoreNames;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.declare.StoredDeclaration;
import dev.freshet.view.source.PlannedViews;
import dev.freshet.view.sql.MysqlSession;
import dev.freshet.view.stream.Stream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program that is submitted to a Flink cluster. It checks the source, plans the declared views,
 * prepares the store, and starts the pipeline. It starts and writes nothing before all checks have
 * passed. The views of a job are either over tables of MySQL or over events.
 */
public final class FreshetJob {
  private static final Logger LOG = LoggerFactory.getLogger(FreshetJob.class);

  private FreshetJob() {}

  /**
   * Starts the job.
   *
   * @param args {@code --config FILE}, a {@code freshet.yaml}; environment variables override it
   * @throws Refused with every problem, one line each
   */
  public static void main(String[] args) throws Exception {
    try {
      run(args);
    } catch (Refused e) {
      // The command line finds these lines among all that Flink's client prints.
      e.problems().forEach(problem -> System.err.println("Refused: " + problem));
      throw e;
    }
  }

  private static void run(String[] args) throws Exception {
    if (args.length != 2 || !args[0].equals("--config")) {
      throw new Refused(List.of("Arguments: expected --config FILE, a freshet.yaml"));
    }
    JobDrivers.detach();
    JobOptions options = JobOptions.read(Path.of(args[1]), System.getenv());
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    build(options, env);
    env.execute(options.name());
  }

  /**
   * Checks the source and the views, prepares the store, and adds the pipeline to an environment.
   *
   * @throws Refused with every problem, one line each
   */
  public static void build(JobOptions options, StreamExecutionEnvironment env) {
    Declarations declared = Declarations.in(options.views());
    if (declared.events().isEmpty()) {
      buildOverTables(options, declared, env);
    } else {
      buildOverEvents(options, declared, env);
    }
  }

  private static void buildOverTables(
      JobOptions options, Declarations declared, StreamExecutionEnvironment env) {
    List<StoreSchema.Registered> views = plan(options, declared);
    new StoreSchema(options.store()).prepare(views, options.name(), options.maxParallelism());
    boolean retriesLost = options.kafka().map(kafka -> retriesLost(options, kafka)).orElse(false);
    configure(options, env);
    JobPlan plan = new JobPlan(views.stream().map(StoreSchema.Registered::plan).toList());
    new Pipeline(plan, options.handling())
        .build(
            env,
            options.name(),
            options.source(),
            options.store(),
            views,
            options.kafka(),
            retriesLost,
            options.telemetry());
  }

  private static void buildOverEvents(
      JobOptions options, Declarations declared, StreamExecutionEnvironment env) {
    KafkaOptions kafka = checkOverEvents(options, declared);
    List<StoreSchema.Registered> views =
        declared.events().stream()
            .map(
                each ->
                    new StoreSchema.Registered(
                        each.view().plan(), each.text(), StoredDeclaration.noTables()))
            .toList();
    new StoreSchema(options.store()).prepare(views, options.name(), options.maxParallelism());
    new StoreSchema(options.store()).recordTopics(options.name(), new Topics(kafka).prepare());
    configure(options, env);
    JobPlan plan =
        JobPlan.overEvents(declared.events().stream().map(Declarations.Events::view).toList());
    new Pipeline(plan, options.handling())
        .buildOverEvents(env, options.name(), kafka, options.store(), views, options.telemetry());
  }

  /** Returns the cluster that has the topics of all read models. */
  private static KafkaOptions checkOverEvents(JobOptions options, Declarations declared) {
    List<String> problems = new ArrayList<>(declared.problems());
    if (!declared.views().isEmpty()) {
      problems.add(
          "Views: %s are over tables of MySQL and %s over events, which one job cannot maintain yet; keep them in two folders, each for a job of its own"
              .formatted(
                  declared.views().stream().map(Declaration::view).toList(),
                  declared.events().stream().map(each -> each.view().plan().view()).toList()));
    }
    for (Declarations.Events each : declared.events()) {
      problems.addAll(StoreNames.problems(each.view().plan()));
    }
    if (options.kafka().isEmpty()) {
      problems.add("Kafka: a read model over events needs it; set kafka.bootstrap");
    }
    refuse(problems);
    KafkaOptions kafka = options.kafka().orElseThrow();
    refuse(
        new Topics(kafka)
                .missing(
                    declared.events().stream()
                        .map(each -> each.view().table().topic())
                        .collect(Collectors.toCollection(TreeSet::new)))
                .stream()
                .map(
                    topic ->
                        "Topic %s: Kafka %s has no such topic; create it, or correct 'topic'"
                            .formatted(topic, kafka.bootstrap()))
                .toList());
    return kafka;
  }

  private static void configure(JobOptions options, StreamExecutionEnvironment env) {
    env.setParallelism(options.parallelism());
    env.setMaxParallelism(options.maxParallelism());
    env.enableCheckpointing(options.checkpointInterval());
    // Large checkpoints that follow each other at once leave a job that catches up no processors.
    env.getCheckpointConfig().setMinPauseBetweenCheckpoints(options.checkpointInterval());
    // Checkpoints expire while the job waits for the store; that must not fail the job.
    env.getCheckpointConfig().setTolerableCheckpointFailureNumber(Integer.MAX_VALUE);
    // Flink reads uncompressed state of the heap byte by byte; a restart took minutes.
    env.getConfig().setUseSnapshotCompression(true);
  }

  /** Whether rows that wait for a retry are lost, because their topics were created again. */
  private static boolean retriesLost(JobOptions options, KafkaOptions kafka) {
    Set<String> lost =
        new StoreSchema(options.store()).recordTopics(options.name(), new Topics(kafka).prepare());
    if (!lost.isEmpty()) {
      LOG.warn(
          "Kafka {}: the topics {} were created again since the job was last submitted; their"
              + " messages are lost. Invalid keys are repaired from MySQL; rows that still cannot be"
              + " handled cause new dead letters",
          kafka.bootstrap(),
          lost);
    }
    return lost.contains(Stream.RETRY.topic(kafka.topicPrefix()))
        || lost.contains(Stream.DEAD_LETTER.topic(kafka.topicPrefix()));
  }

  private static List<StoreSchema.Registered> plan(JobOptions options, Declarations declared) {
    if (declared.parsed().isEmpty()) {
      refuse(declared.problems());
    }
    SourceOptions source = options.source();
    try (Connection mysql =
        new Driver()
            .connect(
                MysqlSession.url(source.host(), source.port(), source.database()),
                source.jdbc(MysqlSession.settings()))) {
      PlannedViews planned = StoreNames.check(mysql, source.database(), declared);
      refuse(planned.problems());
      String tables = CatalogueJson.write(planned.catalogue());
      return planned.views().stream()
          .map(view -> new StoreSchema.Registered(view.plan(), view.declaration().text(), tables))
          .toList();
    } catch (SQLException e) {
      refuse(declared.problems());
      throw new Refused(
          "MySQL "
              + source
              + ": "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + "; check the address and the account, and that MySQL runs",
          e);
    }
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new Refused(problems);
    }
  }
}
