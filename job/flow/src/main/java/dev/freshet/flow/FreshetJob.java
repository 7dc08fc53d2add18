package dev.freshet.flow;

import com.mysql.cj.jdbc.Driver;
import dev.freshet.flow.kafka.Topics;
import dev.freshet.flow.write.StoreSchema;
import dev.freshet.view.Catalogue;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.source.SourceCheck;
import dev.freshet.view.source.SourceVersion;
import dev.freshet.view.sql.MysqlSession;
import dev.freshet.view.sql.PlanCheck;
import dev.freshet.view.stream.Stream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
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
    List<String> texts = read(options.views());
    List<String> problems = new ArrayList<>();
    List<StoreSchema.Registered> views = new ArrayList<>();
    List<Declaration> declarations = new ArrayList<>();
    for (String text : texts) {
      try {
        declarations.add(Declaration.parse(text));
      } catch (ViewException e) {
        problems.add(e.getMessage());
      }
    }
    refuse(problems);
    try (Connection mysql =
        new Driver()
            .connect(
                MysqlSession.url(
                    options.source().host(), options.source().port(), options.source().database()),
                options.source().jdbc(MysqlSession.settings()))) {
      SourceVersion.problem(mysql).ifPresent(problem -> refuse(List.of(problem)));
      Catalogue catalogue = CatalogueReader.read(mysql, options.source().database(), declarations);
      String tables = CatalogueJson.write(catalogue);
      for (String text : texts) {
        try {
          ViewPlan plan = Planner.plan(text, catalogue);
          problems.addAll(PlanCheck.problems(mysql, plan));
          views.add(new StoreSchema.Registered(plan, text, tables));
        } catch (ViewException e) {
          problems.add(e.getMessage());
        }
      }
      List<Table> used =
          views.stream().flatMap(v -> v.plan().nodes().stream()).map(n -> n.table()).toList();
      problems.addAll(SourceCheck.problems(mysql, used));
    } catch (SQLException e) {
      throw new Refused(
          "MySQL "
              + options.source()
              + ": "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + "; check address, account and that it runs",
          e);
    }
    refuse(problems);
    return views;
  }

  private static List<String> read(Path folder) {
    try (var files = Files.list(folder)) {
      List<String> texts = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".sql")).sorted().toList()) {
        texts.add(Files.readString(file));
      }
      if (texts.isEmpty()) {
        throw new Refused(
            List.of("Views " + folder + ": holds no .sql file; put the declared views there"));
      }
      return texts;
    } catch (IOException e) {
      throw new Refused("Views " + folder + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new Refused(problems);
    }
  }
}
