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
 * Starts everything, starts again what dies, and stops it all.
 *
 * <p>A server that dies is started again on its own data, port and passwords, and the endpoints
 * file is replaced as a whole. The job goes on from its newest complete checkpoint after the job
 * manager died; everything else Flink does by itself. Servers die with this process, however it
 * ends.
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
  private final LocalCluster fleet;
  private final JobControl job;
  private volatile ReadinessCheck serving;
  private volatile boolean stopping;
  private final Map<Server, Integer> deaths = new ConcurrentHashMap<>();

  /** Process that the job was last submitted to; 0 before that. */
  private volatile long jobManagerOfJob;

  public Supervisor(Layout layout, Settings settings, Journal journal) throws IOException {
    this.layout = layout;
    this.settings = settings;
    this.journal = journal;
    removeFormer();
    this.fleet = new LocalCluster(layout, settings);
    this.job = new JobControl(layout, fleet.config(), journal::step);
    job.forget();
  }

  /**
   * Starts everything and returns when the reader answers from the projection.
   *
   * @throws RuntimeException with the first thing that went wrong; what was started still runs
   */
  public void start() {
    // The first that fails ends the wait, not the first waited for.
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
        async(guarded.apply(() -> begin(fleet.mysql()))).thenRun(guarded.apply(this::fillSource));
    CompletableFuture<Void> postgres = async(guarded.apply(() -> begin(fleet.postgres())));
    CompletableFuture<Void> kafka = async(guarded.apply(() -> begin(fleet.kafka())));
    CompletableFuture<Void> jobManager = async(guarded.apply(() -> begin(fleet.jobManager())));
    CompletableFuture<Void> taskManager = async(guarded.apply(() -> begin(fleet.taskManager())));
    CompletableFuture<Void> reader =
        CompletableFuture.allOf(mysql, postgres)
            .thenRun(guarded.apply(() -> begin(fleet.reader())));
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

  /** Waits until told to stop; meanwhile what dies is started again. */
  public void watch(BooleanSupplier over) {
    while (!stopping && !over.getAsBoolean()) {
      LockSupport.parkNanos(BEAT_NANOS);
    }
  }

  /** Starts again what dies, each server by itself, from the moment all of them ran. */
  private void revive() {
    Map<Server, CompletableFuture<Void>> revivals = new HashMap<>();
    while (!stopping) {
      revivals.values().removeIf(CompletableFuture::isDone);
      for (Server server : fleet.all()) {
        if (!stopping && !server.isAlive() && !revivals.containsKey(server)) {
          deaths.merge(server, 1, Integer::sum);
          revivals.put(server, async(() -> revive(server)));
        }
      }
      boolean whole = !revivals.containsKey(fleet.jobManager());
      long submittedTo = jobManagerOfJob;
      if (!stopping && whole && submittedTo != 0 && fleet.jobManager().pid() != submittedTo) {
        resume();
      }
      LockSupport.parkNanos(BEAT_NANOS);
    }
  }

  /** Stops everything; fine at any time, and more than once. */
  public synchronized void stop() {
    stopping = true;
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    List<Server> servers = new ArrayList<>(fleet.all());
    for (Server server : servers) {
      ends.add(async(() -> server.stop(GRACE)));
    }
    for (CompletableFuture<Void> end : ends) {
      try {
        end.join();
      } catch (CompletionException e) {
        System.out.println("stopping: " + Failure.line(e.getCause()));
      }
    }
    try {
      Files.deleteIfExists(layout.endpoints());
      Files.deleteIfExists(layout.configuration());
    } catch (IOException e) {
      System.out.println("stopping: " + e);
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
      Secrets.write(layout.endpoints(), fleet.endpoints());
    }
  }

  private void fillSource() {
    try (Connection connection =
        DriverManager.getConnection(
            fleet.mysql().jdbcUrl() + "&rewriteBatchedStatements=true",
            MySqlAccount.APPLICATION.user(),
            fleet.mysql().password(MySqlAccount.APPLICATION))) {
      SampleSource sample = new SampleSource(connection);
      sample.createTables(layout.sampleTables());
      if (settings.conversations() > 0) {
        journal.step(
            "sample: "
                + sample.fill(settings.users(), settings.conversations(), settings.sites(), 42));
      }
      if (settings.sourceSql() != null) {
        SourceScript.run(
            fleet.mysql(),
            settings.sourceSql(),
            "the sample's tables are there, with --sample none empty; DROP TABLE it before");
        journal.step("source: ran " + settings.sourceSql());
      }
      // A view that does not fit its tables ends the start here, before anything waits for it.
      serving =
          new ReadinessCheck(
              settings.views(),
              connection,
              fleet.mysql().config().database(),
              fleet.readerUrl(),
              fleet.readerToken());
    } catch (SQLException | IOException e) {
      throw new Failure("Sample data cannot be made: " + Failure.line(e), e);
    }
  }

  private void startJob() {
    if (settings.holdJob() != null) {
      journal.step("the job waits for " + settings.holdJob());
      await(() -> Files.exists(settings.holdJob()), Duration.ofMinutes(10));
    }
    jobManagerOfJob = fleet.jobManager().pid();
    String id = job.again(Optional.empty(), fleet.config().job().parallelism());
    journal.step("job " + id + " is submitted");
  }

  private void awaitServed() {
    try {
      long end = System.nanoTime() + SERVED.toNanos();
      while (!serving.fromProjection()) {
        if (List.of("FAILED", "CANCELED").contains(state())) {
          throw new Failure("Job: it is " + state() + "; see " + fleet.taskManager().log());
        }
        for (Server server : fleet.all()) {
          if (deaths.getOrDefault(server, 0) >= TOO_MANY_DEATHS) {
            throw new Failure(server.name() + ": it dies again and again; see " + server.log());
          }
        }
        if (System.nanoTime() > end) {
          throw new Failure(
              "Job: reads are not served from the projection after "
                  + SERVED.toMinutes()
                  + " minutes; see "
                  + fleet.taskManager().log());
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
      // The job manager is being started again.
      return "";
    }
  }

  private void revive(Server server) {
    try {
      journal.step(server.name() + ", process " + server.pid() + ", died; starting it again");
      begin(server);
      writeEndpoints();
    } catch (RuntimeException e) {
      // Tried again at the next beat.
      System.out.println(server.name() + ": " + Failure.line(e));
    }
  }

  /**
   * A job manager has no memory of jobs: after its death the job is submitted again, from its
   * newest checkpoint or what it began with, unless a person had stopped it or was quicker.
   */
  private void resume() {
    try {
      long now = fleet.jobManager().pid();
      JobRecord last = job.last();
      if (last.stopped()) {
        journal.step("the job stays stopped; resume lets it go on");
      } else if (!job.isRunning()) {
        Optional<String> from =
            Embedded.newestCheckpoint(fleet.flink().checkpoints(), last.id())
                .or(() -> Optional.of(last.from()).filter(path -> !path.isEmpty()));
        from.ifPresent(path -> journal.step("the job goes on from " + path));
        String id = job.again(from, last.parallelism());
        journal.step("job " + id + " is submitted again");
      }
      jobManagerOfJob = now;
    } catch (RuntimeException e) {
      // Tried again at the next beat.
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

  /** Data of a former run belongs to passwords and ports that nobody has any more. */
  private void removeFormer() throws IOException {
    Files.deleteIfExists(layout.endpoints());
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
