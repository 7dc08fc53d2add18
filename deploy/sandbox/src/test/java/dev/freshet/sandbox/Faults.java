package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Endpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** What is done to the processes of a running system, and when it serves again. */
final class Faults {
  /** Prefixes of the processes' names in {@code endpoints.env}. */
  static final List<String> SERVERS =
      List.of("FLINK_TASKMANAGER", "FLINK_JOBMANAGER", "KAFKA", "POSTGRES", "MYSQL", "READER");

  private static final Duration PATIENCE = Duration.ofMinutes(FULL ? 5 : 2);
  private static final Duration STEADY = Duration.ofSeconds(1);
  private static final long FRESH_MS = 1000;

  private final Launcher launcher;

  Faults(Launcher launcher) {
    this.launcher = launcher;
  }

  Endpoints endpoints() {
    try {
      return Endpoints.read(launcher.layout().endpoints());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The server's first process, then its others. */
  List<ProcessHandle> processes(String server) {
    ProcessHandle first = ProcessHandle.of(pid(server)).orElseThrow();
    return Stream.concat(Stream.of(first), first.descendants()).toList();
  }

  private long pid(String server) {
    return Long.parseLong(endpoints().get(server + "_PID"));
  }

  /** kill -9; returns when the supervisor has started it again. */
  void kill(String server) {
    long pid = pid(server);
    processes(server).get(0).destroyForcibly();
    awaitRestarted(server, pid);
  }

  private void awaitRestarted(String server, long killed) {
    assertThat(Launcher.await(PATIENCE, () -> pid(server) != killed))
        .as("%s is started again", server)
        .isTrue();
  }

  /** kill -9 of any process below the supervisor, such as one of Postgres's own; says which. */
  String killAny(Random random) {
    ProcessHandle supervisor = ProcessHandle.of(pid("READER")).orElseThrow().parent().orElseThrow();
    List<ProcessHandle> children = supervisor.descendants().toList();
    ProcessHandle child = children.get(random.nextInt(children.size()));
    Optional<String> server = SERVERS.stream().filter(each -> pid(each) == child.pid()).findFirst();
    String what = child.info().command().orElse("?").replaceFirst(".*/", "");
    child.destroyForcibly();
    server.ifPresent(each -> awaitRestarted(each, child.pid()));
    return server.orElse("a child: " + what);
  }

  /** SIGSTOP to all processes of a server, and SIGCONT after a time. */
  void freeze(String server, Duration time) throws IOException, InterruptedException {
    List<ProcessHandle> processes = processes(server);
    signal("STOP", processes);
    try {
      pass(time);
    } finally {
      signal("CONT", processes);
    }
  }

  /** A copy of Postgres's data folder as of one moment: its processes stand still meanwhile. */
  Path copyOfPostgres() throws IOException, InterruptedException {
    Path copy = launcher.layout().home().resolve("postgres-copy");
    List<ProcessHandle> processes = processes("POSTGRES");
    signal("STOP", processes);
    try {
      copy(postgresData(), copy);
    } finally {
      signal("CONT", processes);
    }
    return copy;
  }

  /** kill -9 of Postgres, which starts again on a copy of its data; returns when it was started. */
  void replacePostgres(Path copy) throws IOException, InterruptedException {
    long pid = pid("POSTGRES");
    List<ProcessHandle> processes = processes("POSTGRES");
    List<ProcessHandle> supervisor = List.of(processes.get(0).parent().orElseThrow());
    signal("STOP", supervisor);
    try {
      processes.forEach(ProcessHandle::destroyForcibly);
      assertThat(Launcher.await(PATIENCE, () -> processes.stream().noneMatch(Faults::runs)))
          .as("Postgres is dead")
          .isTrue();
      Path data = postgresData();
      remove(data);
      copy(copy, data);
    } finally {
      signal("CONT", supervisor);
    }
    awaitRestarted("POSTGRES", pid);
  }

  /** A process that its stopped parent has not heard of is a zombie, and runs no longer. */
  private static boolean runs(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      return false;
    }
  }

  private Path postgresData() {
    return launcher.layout().home().resolve("postgres/data");
  }

  /** With owners and modes, which Postgres looks at. */
  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    run("cp", "-a", from.toString(), to.toString());
  }

  private static void remove(Path folder) throws IOException, InterruptedException {
    run("rm", "-r", folder.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    assertThat(code).as("%s", List.of(command)).isZero();
  }

  /** Lets time go by, all of it. */
  static void pass(Duration time) {
    Launcher.await(time, () -> false);
  }

  static void signal(String name, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    for (ProcessHandle process : processes) {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }
  }

  /**
   * Waits until answers come from the projection again, each fresh, for a second on end.
   *
   * @param running ends early only by a failure
   * @return the time from an instant to the first of those answers
   */
  Duration awaitFresh(Instant since, Future<?> running) {
    Instant[] first = new Instant[1];
    String[] last = new String[1];
    assertThat(
            Launcher.await(
                PATIENCE,
                () -> {
                  assertThat(running.isDone()).as("the check ended").isFalse();
                  Instant asked = Instant.now();
                  if (!isFresh(last)) {
                    first[0] = null;
                  } else if (first[0] == null) {
                    first[0] = asked;
                  }
                  return first[0] != null && first[0].plus(STEADY).isBefore(Instant.now());
                }))
        .as("fresh answers again; the last was %s", last[0])
        .isTrue();
    return Duration.between(since, first[0]);
  }

  private boolean isFresh(String[] said) throws InterruptedException {
    try {
      ReaderClient.Response response =
          new ReaderClient(endpoints()).response("unread_conversations", "1/1", 1);
      JsonNode body = response.body();
      said[0] = response.toString();
      return response.status() == 200
          && body.path("source").asText().equals("projection")
          && body.path("lag_ms").longValue() < FRESH_MS;
    } catch (IOException e) {
      said[0] = e.toString();
      return false;
    }
  }
}
