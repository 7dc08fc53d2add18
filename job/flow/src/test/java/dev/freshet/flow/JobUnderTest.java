package dev.freshet.flow;

import static org.assertj.core.api.Assertions.fail;

import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.node.Probe;
import dev.freshet.flow.write.StoreOptions;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.PostgresServer;
import dev.freshet.telemetry.TelemetryOptions;
import dev.freshet.view.Version;
import dev.freshet.view.source.BinlogEnd;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A job that reads a MySQL database and writes a Postgres schema of the same name. {@link #close}
 * cancels the job.
 */
public final class JobUnderTest implements AutoCloseable {
  /** The row handling options that {@code freshet.yaml} has by default. */
  public static final Handling HANDLING = new Handling(1 << 20, Probe.NONE);

  private static final int KEY_GROUPS = 128;
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final MySqlServer mysql;
  private final PostgresServer postgres = LocalServers.postgres();
  private final String name;
  private Connection source;
  private final Connection store;
  private String kafka = "";
  private Handling handling = HANDLING;
  private final Configuration setting = new Configuration();
  private final Map<String, String> sourceProperties = new HashMap<>();
  private TelemetryOptions telemetry = TelemetryOptions.NONE;
  private Duration checkpoints = Duration.ofSeconds(1);
  private int restarts;
  private JobOptions options;
  private JobClient job;
  private CompletableFuture<JobExecutionResult> end;

  /** Creates an empty database in the shared MySQL server; does not start the job. */
  public JobUnderTest(String name) throws SQLException {
    this(name, LocalServers.mysql());
  }

  /** Creates an empty database in another MySQL server; does not start the job. */
  public JobUnderTest(String name, MySqlServer mysql) throws SQLException {
    this.name = name;
    this.mysql = mysql;
    mysql.createDatabase(name);
    this.source = openSource();
    this.store = postgres.connect();
  }

  /** Lets the job use Kafka, with its name as the topic prefix. */
  public JobUnderTest withKafka(String bootstrap) {
    kafka = bootstrap;
    return this;
  }

  /** Sets the row handling options, for instance with a probe that lets rows fail. */
  public JobUnderTest with(Handling other) {
    handling = other;
    return this;
  }

  /** Sets where telemetry goes. */
  public JobUnderTest with(TelemetryOptions options) {
    telemetry = options;
    return this;
  }

  /** Sets an option of Flink. */
  public <T> JobUnderTest with(ConfigOption<T> option, T value) {
    setting.set(option, value);
    return this;
  }

  /** Sets a property of MySQL's driver. */
  public JobUnderTest withSourceProperty(String property, String value) {
    sourceProperties.put(property, value);
    return this;
  }

  /** Sets the interval of checkpoints; the default is one second. */
  public JobUnderTest withCheckpointsEvery(Duration interval) {
    checkpoints = interval;
    return this;
  }

  /** Sets how many times Flink restarts the job after a failure; the default is 0. */
  public JobUnderTest withRestarts(int count) {
    restarts = count;
    return this;
  }

  public String name() {
    return name;
  }

  public Connection source() {
    return source;
  }

  /** Opens another connection to the source; the caller closes it. */
  public Connection openSource() throws SQLException {
    return DriverManager.getConnection(
        MysqlSession.url(mysql.host(), mysql.port(), name),
        MysqlSession.properties(MySqlAccount.ROOT.user(), mysql.password(MySqlAccount.ROOT)));
  }

  /** Opens {@link #source()} again; to be called after the source was restarted. */
  public void reconnect() throws SQLException {
    source = openSource();
  }

  public Connection store() {
    return store;
  }

  /** Returns the number of the job's key groups. */
  public int keyGroups() {
    return KEY_GROUPS;
  }

  /**
   * Starts the job.
   *
   * @param folder the folder in which the declarations of the views are written
   * @param views the declarations of the views
   * @param chunkSize the number of rows in a chunk of the snapshot
   */
  public void start(Path folder, List<String> views, int parallelism, int chunkSize)
      throws Exception {
    options = options(folder, views, parallelism, chunkSize);
    start(configuration());
  }

  /**
   * Stops the job with a savepoint, and waits for its end.
   *
   * @param folder the folder in which the savepoint is written
   * @return the path of the savepoint
   */
  public String stop(Path folder) throws Exception {
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
        .get(60, TimeUnit.SECONDS);
  }

  /**
   * Starts the job from a savepoint, with the parameters of the last {@link #start(Path, List, int,
   * int)}.
   */
  public void resume(String savepoint) throws Exception {
    start(configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint));
  }

  private Configuration configuration() {
    return new Configuration(setting)
        .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
        .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
  }

  /** Cancels the job without a savepoint, and waits for its end. */
  public void cancel() throws Exception {
    job.cancel().get(30, TimeUnit.SECONDS);
    end.exceptionally(cancelled -> null).get(30, TimeUnit.SECONDS);
  }

  /**
   * Waits until the job fails. Returns the {@link SourceFault} that ended it, or else the innermost
   * cause; null if the job ended without a failure.
   */
  public Throwable awaitFailure() throws Exception {
    Throwable cause =
        end.handle((result, failure) -> failure).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    while (cause != null && cause.getCause() != null && !(cause instanceof SourceFault)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private void start(Configuration configuration) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    FreshetJob.build(options.with(handling), env);
    job = env.executeAsync(name);
    end = job.getJobExecutionResult();
  }

  /** Returns the job's id in Flink; the job must have been started. */
  public JobID id() {
    return job.getJobID();
  }

  /** Whether the store has been filled from the snapshot in every key group. */
  public boolean handedOver() throws Exception {
    return progress().groups() == KEY_GROUPS;
  }

  /** Waits until the projections are complete up to the current end of the source's binlog. */
  public void awaitProgress() throws Exception {
    long target;
    try (Statement statement = source.createStatement()) {
      target = end(statement);
    }
    Instant deadline = Instant.now().plus(DEADLINE);
    Progress progress = progress();
    while (progress.groups() < KEY_GROUPS || progress.version() < target) {
      if (Instant.now().isAfter(deadline)) {
        fail("no progress to %s: %s", Version.print(target), progress);
      }
      progress = progress();
    }
  }

  /** Returns the current end of a source's binlog, as a version. */
  public static long end(Statement source) throws SQLException {
    return BinlogEnd.ask(source).version();
  }

  /**
   * The progress of the store.
   *
   * @param groups the number of key groups that have been filled from the snapshot
   * @param version the lowest version of these key groups; 0 if there are none
   */
  public record Progress(int groups, long version) {
    @Override
    public String toString() {
      return groups + " key groups at " + Version.print(version);
    }
  }

  public Progress progress() throws Exception {
    if (end.isDone()) {
      end.get();
    }
    String sql =
        "SELECT coalesce(sum(last_group - first_group + 1), 0), coalesce(min(version), 0) FROM "
            + name
            + ".progress WHERE handed_over";
    try (Statement statement = store.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new Progress(row.getInt(1), row.getLong(2));
    }
  }

  private JobOptions options(Path folder, List<String> views, int parallelism, int chunkSize)
      throws Exception {
    Path declared = Files.createDirectories(folder.resolve(name));
    for (int i = 0; i < views.size(); i++) {
      Files.writeString(declared.resolve(i + ".sql"), views.get(i));
    }
    return new JobOptions(
        name,
        declared,
        parallelism,
        KEY_GROUPS,
        checkpoints.toMillis(),
        SourceOptions.of(
                mysql.host(),
                mysql.port(),
                MySqlAccount.JOB.user(),
                mysql.password(MySqlAccount.JOB),
                name,
                0,
                chunkSize)
            .withProperties(JobProperties.of(sourceProperties)),
        new StoreOptions(
            postgres.host(),
            postgres.port(),
            "freshet",
            postgres.user(),
            postgres.password(),
            name),
        kafka.isEmpty() ? Optional.empty() : Optional.of(new KafkaOptions(kafka, name, Map.of())),
        handling,
        telemetry);
  }

  @Override
  public void close() throws Exception {
    if (job != null && !end.isDone()) {
      job.cancel().get(30, TimeUnit.SECONDS);
    }
    source.close();
    store.close();
  }
}
