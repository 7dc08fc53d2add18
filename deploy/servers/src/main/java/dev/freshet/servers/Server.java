package dev.freshet.servers;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A server that can be started, killed and started again on its own data, port and passwords.
 *
 * <p>Its life: {@link #start} (once more after every end), {@link #ready}, then {@link #stop} or
 * {@link #kill}, or it dies by itself and {@link #isAlive} says so. The process dies with this JVM.
 * Instances are safe for use by several threads.
 */
public abstract class Server implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final String name;
  private volatile ServerProcess process;

  Server(String name) {
    this.name = name;
  }

  /** Makes what the process needs: ports free, data folder initialised, configuration written. */
  abstract void prepare();

  /** What to execute, after {@link #prepare}. */
  abstract ServerCommand command();

  /** Succeeds when the server serves. */
  abstract void probe() throws Exception;

  /** The program that executes the command as somebody else; empty when that is not needed. */
  List<String> identity() {
    return List.of();
  }

  /** How this server is asked to end soon and cleanly. */
  Signal endSignal() {
    return Signal.TERM;
  }

  /** As messages call it. */
  public final String name() {
    return name;
  }

  /** Where the process's output goes. */
  public abstract Path log();

  /**
   * Initialises the data folder when there is none yet, and starts the process on it. Does not wait
   * until it serves.
   *
   * @throws ServerException when a port is taken or something needed is missing
   * @throws IllegalStateException when it runs
   */
  public final synchronized void start() {
    if (isAlive()) {
      throw new IllegalStateException(name + " runs already as process " + pid());
    }
    prepare();
    process =
        ServerProcess.start(command().behind(ServerProcess.dyingWithParent()).behind(identity()));
  }

  /**
   * Waits until the server serves.
   *
   * @throws ServerException with the last lines of its log when it does not in time
   */
  public final void ready(Duration deadline) {
    started().ready(deadline, this::probe);
  }

  /** {@link #start}, then {@link #ready}. */
  public final void start(Duration deadline) {
    start();
    ready(deadline);
  }

  /** The number of the current process, or of the last one. */
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

  /** The same as {@code kill -9}; returns when the process is gone. */
  public final void kill() {
    started().kill();
  }

  /** Freezes the process (SIGSTOP). */
  public final void freeze() {
    started().freeze();
  }

  /** Lets a frozen process go on (SIGCONT). */
  public final void thaw() {
    started().thaw();
  }

  /** Ends the process cleanly, or kills it after the grace time. Fine when it does not run. */
  public final void stop(Duration grace) {
    ServerProcess last = process;
    if (last != null) {
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
