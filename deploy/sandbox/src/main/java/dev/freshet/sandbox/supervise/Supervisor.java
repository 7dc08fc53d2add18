package dev.freshet.sandbox.supervise;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Secrets;
import dev.freshet.cli.explain.SourceScript;
import dev.freshet.cli.job.JobControl;
import dev.freshet.cli.job.JobRecord;
import dev.freshet.sandbox.Journal;
import dev.freshet.sandbox.sample.SampleSource;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Starts all servers and the job, restarts servers that die, and stops everything.
 *
 * <p>A server that dies is restarted with its data, port and passwords, and the endpoints file is
 * replaced atomically. If the job manager dies, the job is submitted again from its newest complete
 * checkpoint; Flink itself handles all other failures. The servers end with this process, however
 * it ends.
 */
public final class Supervisor {
  private static final Duration READY = Duration.ofSeconds(90);
  private static final Duration SERVED = Duration.ofMinutes(10);
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final long BEAT_NANOS = 200_000_000;
  private static final int TOO_MANY_DEATHS = 5;

  private final Layout layout;
  private final Settings settings;
  private final Journal journal;
  private final LocalCluster servers;
  private final JobControl job;
  private volatile ReadinessCheck readiness;
  private volatile boolean stopping;
  private final Map<Server, Integer> deaths = new ConcurrentHashMap<>();

  /** The process id of the job manager to which the job was last submitted; 0 before that. */
  private volatile long jobManagerOfJob;

  public Supervisor(Layout layout, Settings settings, Journal journal) throws IOException {
    this.layout = layout;
    this.settings = settings;
    this.journal = journal;
    removeFormer();
    this.servers = new LocalCluster(layout, settings);
    this.job = new JobControl(layout, servers.config(), journal::step);
    job.forget();
  }

  /**
   * Starts all servers and the job, and returns when the reader answers from the projection.
   *
   * @throws RuntimeException with the first failure; servers that were started keep running
   */
  public void start() {
    // The first failure of any server ends the wait.
    CompletableFuture<Void> failed = new CompletableFuture<>();
    UnaryOperator<Runnable> guarded =
        work ->
            () -> {
              try {
                work.run();
              } catch (RuntimeException | Error e) {
                failed.completeExceptionally(e);
                throw e;
              }
            };
    CompletableFuture<Void> mysql =
        async(guarded.apply(() -> begin(servers.mysql()))).thenRun(guarded.apply(this::fillSource));
    CompletableFuture<Void> postgres =
        async(guarded.apply(() -> begin(servers.postgres())))
            .thenRun(guarded.apply(this::createStoreAccounts));
    CompletableFuture<Void> kafka = async(guarded.apply(() -> begin(servers.kafka())));
    CompletableFuture<Void> jobManager = async(guarded.apply(() -> begin(servers.jobManager())));
    CompletableFuture<Void> taskManager = async(guarded.apply(() -> begin(servers.taskManager())));
    CompletableFuture<Void> reader =
        CompletableFuture.allOf(mysql, postgres)
            .thenRun(guarded.apply(() -> begin(servers.reader())));
    try {
      CompletableFuture.anyOf(
              failed, CompletableFuture.allOf(kafka, jobManager, taskManager, reader))
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    writeEndpoints();
    Thread watch = new Thread(this::revive, "freshet-watch");
    watch.setDaemon(true);
    watch.start();
    startJob();
    awaitServed();
  }

  /** Blocks until {@link #stop} is called or {@code over} is true. */
  public void watch(BooleanSupplier over) {
    while (!stopping && !over.getAsBoolean()) {
      LockSupport.parkNanos(BEAT_NANOS);
    }
  }

  /**
   * Restarts servers that die, independently of each other. Runs in a background thread after all
   * servers were started.
   */
  private void revive() {
    Map<Server, CompletableFuture<Void>> revivals = new HashMap<>();
    while (!stopping) {
      revivals.values().removeIf(CompletableFuture::isDone);
      for (Server server : servers.all()) {
        if (!stopping && !server.isAlive() && !revivals.containsKey(server)) {
          deaths.merge(server, 1, Integer::sum);
          revivals.put(server, async(() -> revive(server)));
        }
      }
      boolean whole = !revivals.containsKey(servers.jobManager());
      long submittedTo = jobManagerOfJob;
      if (!stopping && whole && submittedTo != 0 && servers.jobManager().pid() != submittedTo) {
        resume();
      }
      LockSupport.parkNanos(BEAT_NANOS);
    }
  }

  /** Stops all servers and the job. May be called at any time and repeatedly. */
  public synchronized void stop() {
    stopping = true;
    // MySQL waits eight seconds for clients that read its binlog.
    stop(servers.clients());
    stop(servers.stores());
    try {
      Files.deleteIfExists(layout.endpoints());
      Files.deleteIfExists(layout.configuration());
    } catch (IOException e) {
      System.out.println("stopping: " + e);
    }
  }

  private void stop(List<Server> some) {
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (Server server : some) {
      ends.add(async(() -> server.stop(GRACE)));
    }
    for (CompletableFuture<Void> end : ends) {
      try {
        end.join();
      } catch (CompletionException e) {
        System.out.println("stopping: " + Failure.line(e.getCause()));
      }
    }
  }

  private void begin(Server server) {
    long from = System.nanoTime();
    server.start();
    server.ready(READY);
    journal.step(
        "%s serves, process %d, after %.1f s"
            .formatted(server.name(), server.pid(), (System.nanoTime() - from) / 1e9));
  }

  private synchronized void writeEndpoints() {
    if (!stopping) {
      Secrets.write(layout.endpoints(), servers.endpoints());
    }
  }

  private void fillSource() {
    try (Connection connection =
        DriverManager.getConnection(
            servers.mysql().jdbcUrl() + "&rewriteBatchedStatements=true",
            MySqlAccount.APPLICATION.user(),
            servers.mysql().password(MySqlAccount.APPLICATION))) {
      SampleSource sample = new SampleSource(connection);
      sample.createTables(layout.sampleTables());
      if (settings.conversations() > 0) {
        journal.step(
            "sample: "
                + sample.fill(settings.users(), settings.conversations(), settings.sites(), 42));
      }
      if (settings.sourceSql() != null) {
        SourceScript script = SourceScript.read(settings.sourceSql());
        script.note().ifPresent(journal::step);
        script.runInOneDatabase(
            servers.mysql(),
            "the sample's tables exist already, empty with --sample none; drop the table first");
        journal.step("source: ran " + settings.sourceSql());
      }
      // A view that does not match its tables fails here, before the job is started.
      readiness =
          new ReadinessCheck(
              settings.views(),
              connection,
              servers.mysql().config().database(),
              servers.readerUrl(),
              servers.readerToken());
    } catch (SQLException | IOException e) {
      throw new Failure("Sample data cannot be created: " + Failure.line(e), e);
    }
  }

  private void createStoreAccounts() {
    try (Connection connection = servers.postgres().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : servers.storeAccounts()) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new Failure("Postgres: accounts cannot be created: " + Failure.line(e), e);
    }
  }

  private void startJob() {
    if (settings.holdJob() != null) {
      journal.step("the job waits for " + settings.holdJob());
      await(() -> Files.exists(settings.holdJob()), Duration.ofMinutes(10));
    }
    jobManagerOfJob = servers.jobManager().pid();
    String id = job.again(Optional.empty(), servers.config().job().parallelism());
    journal.step("job " + id + " is submitted");
  }

  private void awaitServed() {
    try {
      long end = System.nanoTime() + SERVED.toNanos();
      while (!readiness.fromProjection()) {
        if (List.of("FAILED", "CANCELED").contains(state())) {
          throw new Failure("Job: it is " + state() + "; see " + servers.taskManager().log());
        }
        for (Server server : servers.all()) {
          if (deaths.getOrDefault(server, 0) >= TOO_MANY_DEATHS) {
            throw new Failure(server.name() + ": it dies repeatedly; see " + server.log());
          }
        }
        if (System.nanoTime() > end) {
          throw new Failure(
              "Job: reads are not served from the projection after "
                  + SERVED.toMinutes()
                  + " minutes; see "
                  + servers.taskManager().log());
        }
        LockSupport.parkNanos(BEAT_NANOS / 4);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Interrupted while starting", e);
    }
  }

  private String state() {
    try {
      return job.state().orElse("");
    } catch (Failure e) {
      // The job manager is being restarted.
      return "";
    }
  }

  private void revive(Server server) {
    try {
      journal.step(server.name() + ", process " + server.pid() + ", died; it is restarted");
      begin(server);
      writeEndpoints();
    } catch (RuntimeException e) {
      // The next check tries again.
      System.out.println(server.name() + ": " + Failure.line(e));
    }
  }

  /**
   * Submits the job again after the job manager died, because a new job manager does not know the
   * job. The job starts from its newest checkpoint, or else from the savepoint that it was started
   * with. Does nothing if a user has stopped the job or already submitted it again.
   */
  private void resume() {
    try {
      long now = servers.jobManager().pid();
      JobRecord last = job.last();
      if (last.stopped()) {
        journal.step("the job stays stopped; resume continues it");
      } else if (!job.isRunning()) {
        Optional<String> from =
            Embedded.newestCheckpoint(servers.flink().checkpoints(), last.id())
                .or(() -> Optional.of(last.from()).filter(path -> !path.isEmpty()));
        from.ifPresent(path -> journal.step("the job continues from " + path));
        String id = job.again(from, last.parallelism());
        journal.step("job " + id + " is submitted again");
      }
      jobManagerOfJob = now;
    } catch (RuntimeException e) {
      // The next check tries again.
      System.out.println("Job: " + Failure.line(e));
    }
  }

  private void await(BooleanSupplier condition, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean() && !stopping && System.nanoTime() < end) {
      LockSupport.parkNanos(BEAT_NANOS / 10);
    }
  }

  private static CompletableFuture<Void> async(Runnable work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            },
            "freshet-start");
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  /** Deletes the data of an earlier run, whose passwords and ports are no longer known. */
  private void removeFormer() throws IOException {
    Files.deleteIfExists(layout.endpoints());
    Files.deleteIfExists(LocalCluster.flinkKeys(layout));
    for (String name : List.of("mysql", "postgres", "kafka", "flink", "reader")) {
      Path folder = layout.home().resolve(name);
      if (Files.exists(folder)) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(file);
          }
        }
      }
    }
  }
}
