package dev.freshet.servers;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A server that is a Java program, such as the reader. */
public final class JavaServer extends Server {
  private final Path directory;
  private final Path log;
  private final List<Integer> ports;
  private final JavaCommand command;
  private final ServerProcess.Probe probe;

  /**
   * @param name the server's name in messages
   * @param directory the working directory, which also gets the log
   * @param ports the ports at which the program listens; checked before every start
   * @param probe succeeds when the program serves
   */
  public JavaServer(
      String name,
      Path directory,
      List<Integer> ports,
      JavaCommand command,
      ServerProcess.Probe probe) {
    super(name);
    this.directory = directory.toAbsolutePath().normalize();
    this.log = this.directory.resolve(name.toLowerCase(Locale.ROOT) + ".log");
    this.ports = List.copyOf(ports);
    this.command = command;
    this.probe = probe;
  }

  @Override
  public Path log() {
    return log;
  }

  @Override
  void prepare() {
    ports.forEach(port -> Ports.requireFree(name(), port));
  }

  @Override
  ServerCommand command() {
    return command.of(name(), directory, log);
  }

  @Override
  void probe() throws Exception {
    probe.check();
  }
}
