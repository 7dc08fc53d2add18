package dev.freshet.flow;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.kafka.Topics;
import dev.freshet.flow.write.StoreSchema;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.source.PlannedViews;
import dev.freshet.view.sql.MysqlSession;
import dev.freshet.view.stream.Stream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program that is submitted to a Flink cluster: checks the source, makes the plans of the
 * declared views, prepares the store, and starts the pipeline. Nothing is started or written before
 * all checks have passed.
 */
public final class FreshetJob {
  private static final Logger LOG = LoggerFactory.getLogger(FreshetJob.class);

  private FreshetJob() {}

  /**
   * Starts the job.
   *
   * @param args {@code --config FILE}, a {@code freshet.yaml}; variables of the environment go
   *     before it
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
   * Checks everything, prepares the store, and adds the pipeline to an environment.
   *
   * @throws Refused with every problem, one line each
   */
  public static void build(JobOptions options, StreamExecutionEnvironment env) {
    List<StoreSchema.Registered> views = plan(options);
    new StoreSchema(options.store()).prepare(views, options.name(), options.maxParallelism());
    boolean retriesLost = options.kafka().map(kafka -> retriesLost(options, kafka)).orElse(false);
    env.setParallelism(options.parallelism());
    env.setMaxParallelism(options.maxParallelism());
    env.enableCheckpointing(options.checkpointInterval());
    // A store that is waited for lets checkpoints expire; the job goes on all the same.
    env.getCheckpointConfig().setTolerableCheckpointFailureNumber(Integer.MAX_VALUE);
    JobPlan plan = new JobPlan(views.stream().map(StoreSchema.Registered::plan).toList());
    new Pipeline(plan, options.handling())
        .build(
            env,
            options.name(),
            options.source(),
            options.store(),
            views,
            options.kafka(),
            retriesLost);
  }

  /** What waited on Kafka to be tried again is gone where the topic is another than before. */
  private static boolean retriesLost(JobOptions options, KafkaOptions kafka) {
    Set<String> lost =
        new StoreSchema(options.store()).recordTopics(options.name(), new Topics(kafka).prepare());
    if (!lost.isEmpty()) {
      LOG.warn(
          "Kafka {}: the topics {} are others than when the job was submitted last; what was only"
              + " there is lost. Keys that are not valid are repaired from MySQL; dead letters come"
              + " again for rows that cannot be handled still",
          kafka.bootstrap(),
          lost);
    }
    return lost.contains(Stream.RETRY.topic(kafka.topicPrefix()))
        || lost.contains(Stream.DEAD_LETTER.topic(kafka.topicPrefix()));
  }

  private static List<StoreSchema.Registered> plan(JobOptions options) {
    Declarations declared = Declarations.in(options.views());
    refuse(declared.problems());
    SourceOptions source = options.source();
    try (Connection mysql =
        new Driver()
            .connect(
                MysqlSession.url(source.host(), source.port(), source.database()),
                source.jdbc(MysqlSession.settings()))) {
      PlannedViews planned = PlannedViews.check(mysql, source.database(), declared.views());
      refuse(planned.problems());
      String tables = CatalogueJson.write(planned.catalogue());
      return planned.views().stream()
          .map(view -> new StoreSchema.Registered(view.plan(), view.declaration().text(), tables))
          .toList();
    } catch (SQLException e) {
      throw new Refused(
          "MySQL "
              + source
              + ": "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + "; check address, account and that it runs",
          e);
    }
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new Refused(problems);
    }
  }
}
