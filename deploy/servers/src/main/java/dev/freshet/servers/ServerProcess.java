package dev.freshet.servers;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running process of a server.
 *
 * <p>The kernel's parent-death signal kills it when this JVM ends in any way. {@link #kill} and
 * {@link #stop} also kill its child processes, which survive otherwise. Its output is appended to
 * the command's log, which {@link OutputLog} keeps small.
 */
public final class ServerProcess {
  private static final int LAST_LINES = 20;
  private static final Duration POLL = Duration.ofMillis(20);

  /** A probe is repeated after the time waited so far divided by this. */
  private static final int PROBES = 20;

  private static final Duration KILLED = Duration.ofSeconds(20);

  /** Checks whether a server answers. An exception says why it does not answer yet. */
  @FunctionalInterface
  public interface Probe {
    void check() throws Exception;
  }

  private final ServerCommand command;
  private final Process process;

  private ServerProcess(ServerCommand command, Process process) {
    this.command = command;
    this.process = process;
  }

  /**
   * Starts the process without waiting until it serves.
   *
   * @throws ServerException if the program cannot be executed
   */
  public static ServerProcess start(ServerCommand command) {
    try {
      Files.createDirectories(command.directory());
      Files.createDirectories(command.log().toAbsolutePath().getParent());
      OutputLog.rotate(command.log(), OutputLog.LIMIT);
      ProcessBuilder builder =
          new ProcessBuilder(command.arguments())
              .directory(command.directory().toFile())
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(command.log().toFile()));
      // Freshet's settings are for the program that they were set for.
      builder.environment().keySet().removeIf(name -> name.startsWith("FRESHET_"));
      builder.environment().putAll(command.environment());
      Process process = Spawner.start(builder);
      OutputLog.watch(command.log(), process::isAlive);
      return new ServerProcess(command, process);
    } catch (IOException e) {
      throw new ServerException(
          command.name()
              + ": "
              + command.arguments().get(0)
              + " cannot be executed ("
              + e.getMessage()
              + "); install it or check the rights",
          e);
    }
  }

  /**
   * The command line that makes a process die with this JVM. If this JVM died before the
   * parent-death signal was requested, the shell does not execute the program.
   */
  static List<String> dyingWithParent() {
    return List.of(
        "setpriv",
        "--pdeathsig",
        "KILL",
        "--",
        "/bin/sh",
        "-c",
        "[ \"$PPID\" = \"$0\" ] && exec \"$@\"",
        Long.toString(ProcessHandle.current().pid()));
  }

  /**
   * Runs a short-lived command and waits for its end.
   *
   * @param identity a command prefix that runs the command as another user; empty for none
   * @throws ServerException with the last lines of the log if the command fails or exceeds the
   *     deadline
   */
  static void run(ServerCommand command, List<String> identity, Duration deadline) {
    ServerProcess running = start(command.prefixedBy(dyingWithParent()).prefixedBy(identity));
    try {
      if (!running.process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        running.kill();
        throw new ServerException(
            command.name() + " did not end within " + deadline.toSeconds() + " s" + running.tail());
      }
    } catch (InterruptedException e) {
      running.kill();
      throw interrupted(command.name(), e);
    }
    if (running.process.exitValue() != 0) {
      throw new ServerException(
          command.name()
              + " failed with exit code "
              + running.process.exitValue()
              + running.tail());
    }
  }

  /**
   * Waits until the probe succeeds.
   *
   * @throws ServerException with the last lines of the log if the process ends before, or the
   *     deadline passes
   */
  public void ready(Duration deadline, Probe probe) {
    long begin = System.nanoTime();
    long end = begin + deadline.toNanos();
    while (true) {
      String reason;
      try {
        probe.check();
        return;
      } catch (InterruptedException e) {
        throw interrupted(command.name(), e);
      } catch (Exception e) {
        reason = reason(e);
      }
      if (!process.isAlive()) {
        throw new ServerException(
            command.name()
                + " ended with exit code "
                + process.exitValue()
                + " before it was ready"
                + tail());
      }
      if (System.nanoTime() > end) {
        throw new ServerException(
            command.name()
                + " was not ready within "
                + deadline.toSeconds()
                + " s ("
                + reason
                + ")"
                + tail());
      }
      // Frequent probes of a server that starts slowly would slow it down further.
      Duration waited = Duration.ofNanos((System.nanoTime() - begin) / PROBES);
      pause(waited.compareTo(POLL) > 0 ? waited : POLL);
    }
  }

  /**
   * Whether a process exists and is not a zombie. Orphans stay zombies for ever if process 1 does
   * not reap them.
   */
  public static boolean runs(long pid) {
    try {
      String stat =
          Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state != 'Z' && state != 'X';
    } catch (IOException e) {
      return false;
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Completes with the exit code when the process ends. */
  public CompletableFuture<Integer> exit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** Kills the process and its descendants (SIGKILL) and waits for their end. */
  public void kill() {
    List<ProcessHandle> family = family();
    process.destroyForcibly();
    end(family);
  }

  /** Freezes the process (SIGSTOP) and waits until no thread of it runs; it keeps its ports. */
  public void freeze() {
    signal(Signal.STOP);
    long end = System.nanoTime() + KILLED.toNanos();
    while (process.isAlive() && !isFrozen()) {
      if (System.nanoTime() > end) {
        throw new ServerException(
            command.name() + " (process " + pid() + ") does not freeze; look at it with ps");
      }
      pause(POLL);
    }
  }

  /** Resumes a frozen process (SIGCONT). */
  public void thaw() {
    signal(Signal.CONT);
  }

  /** Sends a signal that asks the process to end, and kills the process after the grace time. */
  void stop(Signal ask, Duration grace) {
    if (!process.isAlive()) {
      return;
    }
    List<ProcessHandle> family = family();
    signal(ask);
    // A frozen process would not handle the signal.
    signal(Signal.CONT);
    try {
      process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    end(family);
  }

  /** Whether the kernel says of each thread that it is stopped. */
  private boolean isFrozen() {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
        // The state follows the name, which may have parentheses itself.
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      // A thread has ended meanwhile.
      return false;
    }
  }

  private List<ProcessHandle> family() {
    List<ProcessHandle> family = new ArrayList<>();
    family.add(process.toHandle());
    process.descendants().forEach(family::add);
    return family;
  }

  private void end(List<ProcessHandle> family) {
    for (ProcessHandle member : family) {
      member.destroyForcibly();
    }
    long end = System.nanoTime() + KILLED.toNanos();
    while (process.isAlive() || family.stream().anyMatch(member -> runs(member.pid()))) {
      if (System.nanoTime() > end) {
        throw new ServerException(
            command.name() + " (process " + pid() + ") does not die; look at it with ps");
      }
      pause(POLL);
    }
  }

  private void signal(Signal signal) {
    if (!process.isAlive()) {
      return;
    }
    try {
      Process kill =
          new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid())
              .redirectErrorStream(true)
              .start();
      if (kill.waitFor() != 0 && process.isAlive()) {
        throw new ServerException(
            command.name()
                + " (process "
                + pid()
                + ") cannot be sent "
                + signal
                + ": "
                + new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim());
      }
    } catch (IOException e) {
      throw new ServerException("/bin/sh cannot be executed: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw interrupted(command.name(), e);
    }
  }

  private String tail() {
    String log = " (log: " + command.log() + ")";
    try (RandomAccessFile file = new RandomAccessFile(command.log().toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.min(file.length(), 16 << 10)];
      file.seek(file.length() - bytes.length);
      file.readFully(bytes);
      List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
      return log + (last.isEmpty() ? "" : "\n  " + String.join("\n  ", last));
    } catch (IOException e) {
      return log;
    }
  }

  private static String reason(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().findFirst().orElse("no answer");
  }

  private static void pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      throw interrupted("A server", e);
    }
  }

  private static ServerException interrupted(String name, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ServerException(name + ": interrupted while waiting", e);
  }
}
