package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Flink's SQL client. It runs queries as batches in its own process, so no query takes slots or
 * memory from the cluster that maintains the projections.
 */
public final class FlinkSql {
  private static final String CONFIGURATION =
      """
      execution.target: local
      execution.runtime-mode: batch
      parallelism.default: 1
      table.dml-sync: true
      sql-client.execution.result-mode: tableau
      sql-client.execution.max-table-result.rows: 10000
      taskmanager.memory.managed.size: 128m
      taskmanager.memory.network.min: 32m
      taskmanager.memory.network.max: 32m
      """;
  private static final String LOGGING =
      """
      rootLogger.level = WARN
      rootLogger.appenderRef.file.ref = file
      appender.file.name = file
      appender.file.type = File
      appender.file.fileName = ${sys:log.file}
      appender.file.append = false
      appender.file.layout.type = PatternLayout
      appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-50c{1.} [%t] - %m%n
      """;

  private FlinkSql() {}

  /**
   * Whether a line of the client's output reports a failed statement. The client's exit code is 0
   * even then.
   */
  public static boolean isError(String line) {
    return line.contains("\u001B[31;1m[ERROR]") || line.startsWith("[ERROR]");
  }

  /** The log file of a client that worked in this folder. */
  public static Path log(Path directory) {
    return directory.resolve("sql-client.log");
  }

  /**
   * A client that uses this process's terminal and working directory.
   *
   * @param directory the client's own folder for configuration, log and temporary files
   * @param init a file of statements that the client executes first
   * @param script a file of statements that the client executes, up to the first failure, instead
   *     of prompting. The output is then a pipe, because only {@link #isError} shows whether all
   *     succeeded
   */
  public static ProcessBuilder client(Path directory, Path init, Optional<Path> script) {
    Path conf = directory.resolve("conf");
    Path temporary = directory.resolve("tmp");
    Path logging = conf.resolve("log4j.properties");
    try {
      Files.createDirectories(conf);
      Files.createDirectories(temporary);
      Files.writeString(conf.resolve("config.yaml"), CONFIGURATION);
      Files.writeString(logging, LOGGING);
    } catch (IOException e) {
      throw new ServerException("SQL client: " + directory + " cannot be written (" + e + ")", e);
    }
    List<String> options = new ArrayList<>(FlinkFolder.opened());
    options.addAll(
        List.of(
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            // The client's connectors print times in the time zone of the process.
            "-Duser.timezone=UTC",
            "-Djava.io.tmpdir=" + temporary,
            "-Dlog.file=" + log(directory),
            "-Dlog4j.configurationFile=" + logging.toUri()));
    List<String> arguments = new ArrayList<>(List.of("embedded", "-i", init.toString()));
    arguments.addAll(List.of("-hist", directory.resolve("history").toString()));
    script.ifPresent(file -> arguments.addAll(List.of("-f", file.toString())));
    ServerCommand command =
        new JavaCommand(
                Installation.find().classPath("sql"),
                "org.apache.flink.table.client.SqlClient",
                options,
                arguments,
                Map.of("FLINK_CONF_DIR", conf.toString()))
            .of("SQL client", directory, log(directory));
    ProcessBuilder builder = new ProcessBuilder(command.arguments()).inheritIO();
    if (script.isPresent()) {
      builder.redirectOutput(ProcessBuilder.Redirect.PIPE);
    }
    builder.environment().putAll(command.environment());
    return builder;
  }
}
