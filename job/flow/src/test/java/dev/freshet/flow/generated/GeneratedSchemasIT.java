package dev.freshet.flow.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.flow.FreshetJob;
import dev.freshet.flow.JobOptions;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.PostgresServer;
import dev.freshet.view.Version;
import dev.freshet.view.sql.MysqlSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.util.MiniClusterWithClientResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random schemas, views and transactions through the whole job, the views of many schemas in one:
 * the projections are MySQL's own answers, after a snapshot with writes and after transactions.
 *
 * <p>{@code -Dfreshet.seed=N} runs one seed alone, {@code -Dfreshet.seeds=N} so many.
 */
class GeneratedSchemasIT {
  private static final int SEEDS_PER_JOB = 25;
  private static final int KEY_GROUPS = 128;
  private static final int TRANSACTIONS = 40;

  private static MiniClusterWithClientResource flink;
  private static MySqlServer mysql;
  private static PostgresServer postgres;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    mysql = LocalServers.mysql();
    postgres = LocalServers.postgres();
    flink =
        new MiniClusterWithClientResource(
            new MiniClusterResourceConfiguration.Builder()
                .setConfiguration(new Configuration())
                .setNumberTaskManagers(1)
                .setNumberSlotsPerTaskManager(2)
                .build());
    flink.before();
  }

  @AfterAll
  static void stop() {
    flink.after();
  }

  @Test
  void projectionsAreMysqlsOwnAnswers() throws Exception {
    boolean full = "full".equals(System.getProperty("freshet.size"));
    boolean one = Long.getLong("freshet.seed") != null;
    int seeds = one ? 1 : Integer.getInteger("freshet.seeds", full ? 2000 : 100);
    long first =
        one
            ? Long.getLong("freshet.seed")
            : Long.getLong("freshet.first", new Random().nextInt(1_000_000_000));
    System.out.printf("seeds %d to %d%n", first, first + seeds - 1);
    for (int done = 0; done < seeds; done += SEEDS_PER_JOB) {
      int count = Math.min(SEEDS_PER_JOB, seeds - done);
      run("generated_" + done, first + done, count, 1 + done / SEEDS_PER_JOB % 2);
    }
  }

  private void run(String database, long firstSeed, int count, int parallelism) throws Exception {
    Instant begin = Instant.now();
    mysql.createDatabase(database);
    Path views = Files.createDirectories(folder.resolve(database));
    try (Connection source = connect(database);
        Connection store = postgres.connect()) {
      List<Scenario> scenarios = new ArrayList<>();
      int refused = 0;
      int taken = 0;
      for (int i = 0; i < count; i++) {
        Scenario scenario = new Scenario(firstSeed + i, i);
        scenario.create(source, database, "s" + i);
        for (String view : scenario.views()) {
          Files.writeString(views.resolve("v" + taken++ + ".sql"), view);
        }
        refused += scenario.refused();
        scenarios.add(scenario);
      }
      Instant created = Instant.now();
      JobClient job = submit(database, parallelism);
      CompletableFuture<JobExecutionResult> end = job.getJobExecutionResult();
      int[] rows = new int[1];
      try {
        transactions(source, scenarios);
        awaitProgress(source, store, database, end);
        compare(source, store, database, scenarios, rows, "after the snapshot");
        transactions(source, scenarios);
        transactions(source, scenarios);
        awaitProgress(source, store, database, end);
        compare(source, store, database, scenarios, rows, "after the transactions");
      } finally {
        if (!end.isDone()) {
          job.cancel().get(30, TimeUnit.SECONDS);
        }
      }
      System.out.printf(
          "seeds %d to %d: %d views (%d refused), %d rows compared; made in %d ms, run in %d ms%n",
          firstSeed,
          firstSeed + count - 1,
          taken,
          refused,
          rows[0],
          Duration.between(begin, created).toMillis(),
          Duration.between(created, Instant.now()).toMillis());
      assertThat(taken).as("views that could be taken").isGreaterThanOrEqualTo(2 * count);
    }
  }

  private static void transactions(Connection source, List<Scenario> scenarios)
      throws SQLException {
    for (int i = 0; i < TRANSACTIONS; i++) {
      for (Scenario scenario : scenarios) {
        scenario.change(source);
      }
    }
  }

  private static void compare(
      Connection source,
      Connection store,
      String schema,
      List<Scenario> scenarios,
      int[] rows,
      String when)
      throws SQLException {
    List<String> differences = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      differences.addAll(scenario.differences(source, store, schema, rows));
    }
    if (!differences.isEmpty()) {
      fail(
          "%d views differ %s, such as %s",
          differences.size(),
          when,
          String.join("\n", differences.subList(0, Math.min(3, differences.size()))));
    }
  }

  /** Waits until the projections are complete up to where the source is now. */
  private static void awaitProgress(
      Connection source, Connection store, String schema, CompletableFuture<JobExecutionResult> end)
      throws Exception {
    long target;
    try (Statement statement = source.createStatement();
        ResultSet row = statement.executeQuery("SHOW MASTER STATUS")) {
      row.next();
      target = Version.of(0, row.getString(1), row.getLong(2));
    }
    String sql =
        "SELECT sum(last_group - first_group + 1), min(version), bool_and(handed_over) FROM "
            + schema
            + ".progress";
    Instant deadline = Instant.now().plus(Duration.ofSeconds(90));
    String last = "";
    try (Statement statement = store.createStatement()) {
      while (Instant.now().isBefore(deadline)) {
        try (ResultSet row = statement.executeQuery(sql)) {
          row.next();
          if (row.getInt(1) == KEY_GROUPS && row.getLong(2) >= target && row.getBoolean(3)) {
            return;
          }
          if (end.isDone()) {
            end.get();
          }
          last = row.getInt(1) + " groups at " + Version.print(row.getLong(2));
        }
      }
    }
    fail("no progress to %s: %s", Version.print(target), last);
  }

  private static Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        MysqlSession.url(mysql.host(), mysql.port(), database),
        MysqlSession.properties(MySqlAccount.ROOT.user(), mysql.password(MySqlAccount.ROOT)));
  }

  private JobClient submit(String database, int parallelism) throws Exception {
    // A job that fails is to fail the test, not to start again.
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
    JobOptions options = JobOptions.read(options(database, parallelism));
    FreshetJob.build(
        new JobOptions(
            options.name(),
            options.views(),
            options.parallelism(),
            options.maxParallelism(),
            options.checkpointInterval(),
            options.source().withChunkSize(Integer.getInteger("freshet.chunk", 50_000)),
            options.store(),
            options.kafka()),
        env);
    return env.executeAsync(database);
  }

  private Path options(String database, int parallelism) throws Exception {
    Files.writeString(folder.resolve("mysql"), mysql.password(MySqlAccount.JOB));
    Files.writeString(folder.resolve("postgres"), postgres.password());
    Properties properties = new Properties();
    properties.setProperty("source.host", mysql.host());
    properties.setProperty("source.port", Integer.toString(mysql.port()));
    properties.setProperty("source.user", MySqlAccount.JOB.user());
    properties.setProperty("source.password-file", "mysql");
    properties.setProperty("source.database", database);
    properties.setProperty("store.host", postgres.host());
    properties.setProperty("store.port", Integer.toString(postgres.port()));
    properties.setProperty("store.database", "freshet");
    properties.setProperty("store.user", postgres.user());
    properties.setProperty("store.password-file", "postgres");
    properties.setProperty("store.schema", database);
    properties.setProperty("views.dir", database);
    properties.setProperty("job.name", database);
    properties.setProperty("job.parallelism", Integer.toString(parallelism));
    properties.setProperty("job.max-parallelism", Integer.toString(KEY_GROUPS));
    properties.setProperty("job.checkpoint-interval-ms", "1000");
    Path file = folder.resolve(database + ".properties");
    try (var writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file;
  }
}
