package dev.freshet.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code reader}: runs the reader in the foreground. */
@Command(
    name = "reader",
    mixinStandardHelpOptions = true,
    header = "Run the HTTP reader in the foreground, until Ctrl-C or SIGTERM.",
    description =
        "%nPrints 'reader ready on URL' when it listens. Several readers may run at the same time."
            + " READER_OPTS in the environment has more options of its JVM, such as -Xmx1g.%n")
final class ReaderCommand implements Callable<Integer> {
  private static final long GRACE_SECONDS = 15;

  @Mixin private TargetOption servers;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<Path> own = servers.own();
    Path configuration = own.orElseGet(() -> servers.target().config().file());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ReaderProcess.jvm(System.getenv()));
    command.addAll(
        List.of("-cp", servers.layout().installation().readerClassPath(), ReaderProcess.MAIN));
    command.addAll(ReaderProcess.arguments(configuration));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    if (own.isEmpty()) {
      // The environment must not override the configuration of the servers that up started.
      builder.environment().keySet().removeIf(name -> name.startsWith("FRESHET_"));
    }
    Process reader = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(reader), "freshet-reader-end"));
    return reader.waitFor();
  }

  private static void end(Process reader) {
    reader.destroy();
    try {
      if (!reader.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        reader.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
