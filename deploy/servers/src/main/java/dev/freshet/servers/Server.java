package dev.freshet.servers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A server process that can be started, killed and restarted with the same data, port and
 * passwords.
 *
 * <p>Call {@link #start}, then {@link #ready}, then {@link #stop} or {@link #kill}. If the process
 * dies by itself, {@link #isAlive} becomes false. After every end {@link #start} may be called
 * again. The process dies with this JVM. Thread-safe.
 */
public abstract class Server implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final String name;
  private volatile ServerProcess process;

  Server(String name) {
    this.name = name;
  }

  /** Prepares a start: checks the ports, initialises the data folder, writes the configuration. */
  abstract void prepare();

  /** The command to execute; called after {@link #prepare}. */
  abstract ServerCommand command();

  /** Returns if the server serves, and throws otherwise. */
  abstract void probe() throws Exception;

  /** A command prefix that runs the server as another user; empty if that is not needed. */
  List<String> identity() {
    return List.of();
  }

  /** The signal that makes the server end soon and cleanly. */
  Signal endSignal() {
    return Signal.TERM;
  }

  /** The server's name in messages. */
  public final String name() {
    return name;
  }

  /** The file to which the process's output is written. */
  public abstract Path log();

  /**
   * Initialises the data folder if there is none, and starts the process. Does not wait until the
   * server serves.
   *
   * @throws ServerException if a port is taken, or a file or library is missing
   * @throws IllegalStateException if the process is running
   */
  public final synchronized void start() {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already as process " + pid());
    }
    prepare();
    process =
        ServerProcess.start(
            command().prefixedBy(ServerProcess.dyingWithParent()).prefixedBy(identity()));
  }

  /**
   * Waits until the server serves.
   *
   * @throws ServerException with the last lines of the server's log if the deadline passes
   */
  public final void ready(Duration deadline) {
    started().ready(deadline, this::probe);
  }

  /** Calls {@link #start}, then {@link #ready}. */
  public final void start(Duration deadline) {
    start();
    ready(deadline);
  }

  /** The id of the current process, or of the last one. */
  public final long pid() {
    return started().pid();
  }

  public final boolean isAlive() {
    ServerProcess last = process;
    return last != null && last.isAlive();
  }

  /** The current process, or the last one. */
  public final ServerProcess process() {
    return started();
  }

  /** Kills the process (SIGKILL) and waits for its end. */
  public final void kill() {
    started().kill();
  }

  /** Freezes the process (SIGSTOP). */
  public final void freeze() {
    started().freeze();
  }

  /** Resumes a frozen process (SIGCONT). */
  public final void thaw() {
    started().thaw();
  }

  /** Prepares a running server for its end, for a few seconds at most; does not fail. */
  void beforeEnd() {}

  /**
   * Ends the process cleanly, or kills it after the grace time. Does nothing if it is not running.
   */
  public final void stop(Duration grace) {
    ServerProcess last = process;
    if (last != null) {
      if (last.isAlive()) {
        beforeEnd();
      }
      last.stop(endSignal(), grace);
    }
  }

  @Override
  public final void close() {
    stop(GRACE);
  }

  private ServerProcess started() {
    ServerProcess last = process;
    if (last == null) {
      throw new IllegalStateException(name + " has not been started");
    }
    return last;
  }
}
