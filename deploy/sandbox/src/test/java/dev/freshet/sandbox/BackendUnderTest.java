package dev.freshet.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Main;
import dev.freshet.cli.job.JobControl;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.servers.FlinkConfig;
import dev.freshet.servers.FlinkJobManager;
import dev.freshet.servers.FlinkTaskManager;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.view.Version;
import dev.freshet.view.source.BinlogEnd;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A job on a Flink cluster of its own, from a MySQL database that others read too into a Postgres
 * schema of its own. It runs only between {@link #load} or {@link #catchUp} and {@link #stop}.
 */
final class BackendUnderTest implements AutoCloseable {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private final String name;
  private final String database;
  private final FlinkConfig flink;
  private final FlinkJobManager jobManager;
  private final FlinkTaskManager taskManager;
  private final Config config;
  private final JobControl job;

  /**
   * What it took until the store showed all of it, counted from the moment when all tasks ran.
   *
   * @param cpu of the task manager
   */
  record Took(Duration wall, Duration cpu) {
    @Override
    public String toString() {
      return "%.1f s, %.1f s of CPU".formatted(wall.toMillis() / 1e3, cpu.toMillis() / 1e3);
    }
  }

  private interface Start {
    void run() throws Exception;
  }

  /**
   * Starts the cluster; no job runs yet.
   *
   * @param name of the job and the schema
   * @param database the source
   * @param views a folder
   */
  BackendUnderTest(String name, Path folder, String database, Path views, FlinkConfig flink)
      throws Exception {
    this.name = name;
    this.database = database;
    this.flink = flink;
    this.jobManager = LocalServers.started(new FlinkJobManager(flink));
    this.taskManager = LocalServers.started(new FlinkTaskManager(flink));
    this.config = ConfigReader.read(yaml(folder, views), Map.of());
    Layout layout = new Layout(ROOT, folder.resolve(name + "-home"));
    layout.create();
    this.job = new JobControl(layout, config, line -> {});
  }

  private Path yaml(Path folder, Path views) throws Exception {
    Path mysql =
        Files.writeString(folder.resolve("mysql"), LocalServers.mysql().password(MySqlAccount.JOB));
    Path postgres =
        Files.writeString(folder.resolve("postgres"), LocalServers.postgres().password());
    return Files.writeString(
        folder.resolve(name + ".yaml"),
        """
        source:
          port: %d
          user: %s
          password-file: %s
          database: %s
        views:
          folder: %s
        store:
          port: %d
          user: %s
          password-file: %s
          database: %s
          schema: %s
        kafka:
          bootstrap: ""
        flink:
          url: %s
        job:
          name: %s
          checkpoint-interval-ms: 5000
        """
            .formatted(
                LocalServers.mysql().port(),
                MySqlAccount.JOB.user(),
                mysql,
                database,
                views,
                LocalServers.postgres().port(),
                LocalServers.postgres().user(),
                postgres,
                LocalServers.postgres().config().database(),
                name,
                flink.url(),
                name));
  }

  FlinkConfig flink() {
    return flink;
  }

  /** Submits the job and waits until the store shows all of the source. */
  Took load() throws Exception {
    return took(() -> job.submit(OptionalInt.empty()));
  }

  /** Lets the job go on from where it stopped, and waits likewise. */
  Took catchUp() throws Exception {
    return took(() -> job.resume(Optional.empty(), OptionalInt.empty()));
  }

  /** Ends the job with a savepoint. */
  void stop() {
    job.savepoint(true, JobControl.Format.CANONICAL, Optional.empty());
  }

  private Took took(Start start) throws Exception {
    long target = position();
    start.run();
    long begun = System.nanoTime();
    Duration cpu = cpu();
    try (Connection store = LocalServers.postgres().connect();
        Statement statement = store.createStatement()) {
      while (!isAt(statement, target)) {
        if (System.nanoTime() - begun > PATIENCE.toNanos()) {
          throw new AssertionError(name + ": the store is not at " + Version.print(target));
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
    return new Took(Duration.ofNanos(System.nanoTime() - begun), cpu().minus(cpu));
  }

  private boolean isAt(Statement store, long target) throws Exception {
    try (ResultSet row =
        store.executeQuery(
            "SELECT coalesce(sum(last_group - first_group + 1), 0), coalesce(min(version), 0) FROM "
                + name
                + ".progress WHERE handed_over")) {
      row.next();
      return row.getInt(1) == config.job().maxParallelism() && row.getLong(2) >= target;
    }
  }

  private long position() throws Exception {
    try (Connection source = LocalServers.mysql().connect(MySqlAccount.ROOT, database);
        Statement statement = source.createStatement()) {
      return BinlogEnd.ask(statement).version();
    }
  }

  private Duration cpu() {
    return ProcessHandle.of(taskManager.pid())
        .flatMap(process -> process.info().totalCpuDuration())
        .orElse(Duration.ZERO);
  }

  /** What {@code status} says, as JSON; of its exit code nothing, as no reader runs. */
  JsonNode status() throws Exception {
    return new ObjectMapper().readTree(run("status", "--json"));
  }

  /** The lines of {@code explain} of the inbox. */
  List<String> explained() {
    return run("explain", "unread_conversations").lines().toList();
  }

  private String run(String... command) {
    StringWriter out = new StringWriter();
    System.setProperty(Layout.ROOT, ROOT.toString());
    Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .execute(
            Stream.concat(Stream.of(command), Stream.of("--config=" + config.file()))
                .toArray(String[]::new));
    return out.toString();
  }

  @Override
  public void close() {
    taskManager.close();
    jobManager.close();
  }
}
