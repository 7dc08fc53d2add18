package dev.freshet.sandbox;

import dev.freshet.cli.Endpoints;
import dev.freshet.cli.Failure;
import dev.freshet.cli.Instance;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Secrets;
import dev.freshet.config.ConfigReader;
import dev.freshet.sandbox.sql.Session;
import dev.freshet.servers.FlinkSql;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command {@code sql}: Flink's SQL client with the projections, their progress, the source and
 * the streams as tables.
 */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    header = "Query the projections and the source with Flink's SQL client.",
    description = {
      "%nThe session has the databases projection (one table per view, progress, catalogue), source (the tables of MySQL), changes (the same tables by change data capture) and streams (the topics on Kafka). ",
      "Queries run in this process, not in the cluster; they read the current rows and end. Exits with 0 if all statements of a script succeeded.%n"
    })
final class SqlCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HomeOption home;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Execute the statements of this file, then exit.")
  private Path file;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Layout layout = home.layout();
    if (file != null && !Files.isReadable(file)) {
      throw new Failure("File " + file + " cannot be read; give a file of SQL statements");
    }
    if (Instance.running(layout).isEmpty()) {
      throw new Failure("Nothing runs in " + layout.home() + "; start it with ./deploy/freshet up");
    }
    Path tables = layout.secrets().resolve("session.sql");
    try {
      Secrets.write(
          tables,
          Session.tables(
              Endpoints.read(layout.endpoints()),
              ConfigReader.read(layout.configuration(), Map.of())));
    } catch (SQLException e) {
      throw new Failure(
          "Tables cannot be listed (" + Failure.line(e) + "); see ./deploy/freshet status", e);
    }
    Path folder = layout.home().resolve("sql");
    Process client =
        FlinkSql.client(folder, tables, Optional.ofNullable(file).map(Path::toAbsolutePath))
            .start();
    Thread end = new Thread(client::destroy, "freshet-sql-end");
    Runtime.getRuntime().addShutdownHook(end);
    leaveInterruptsToTheClient();
    boolean failed = file != null && failed(client);
    return client.waitFor() == 0 && !failed ? 0 : 1;
  }

  /** Prints the client's output. Returns whether a statement failed. */
  private boolean failed(Process client) throws IOException {
    boolean failed = false;
    PrintWriter out = spec.commandLine().getOut();
    try (BufferedReader lines = client.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(line);
        failed |= FlinkSql.isError(line);
      }
    }
    return failed;
  }

  /**
   * Ignores Ctrl-C in this process, so that it only ends a query of the client. Uses {@code
   * sun.misc.Signal} by reflection, because the compiler warns about any use of this class.
   */
  private static void leaveInterruptsToTheClient() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance("INT"),
              handler.getField("SIG_IGN").get(null));
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | NoSuchFieldException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new IllegalStateException("this JVM has no jdk.unsupported module", e);
    }
  }
}
