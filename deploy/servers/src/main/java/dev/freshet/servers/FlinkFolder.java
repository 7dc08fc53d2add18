package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder with a Flink configuration, and the command lines of the cluster's processes and its
 * client.
 */
final class FlinkFolder {
  private static final Duration CALCULATE = Duration.ofMinutes(1);
  private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";
  private static final List<String> EXPORTS =
      List.of(
          "java.base/sun.net.util",
          "java.rmi/sun.rmi.registry",
          "java.security.jgss/sun.security.krb5");
  private static final List<String> OPENS =
      List.of(
          "java.lang",
          "java.lang.reflect",
          "java.net",
          "java.io",
          "java.nio",
          "sun.nio.ch",
          "java.math",
          "java.text",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks");

  /** The JVM options and program arguments that Flink calculates for the memory of a process. */
  record ProcessMemory(List<String> options, List<String> arguments) {
    ProcessMemory {
      options = List.copyOf(options);
      arguments = List.copyOf(arguments);
    }
  }

  private final Path directory;
  private final Map<String, String> settings;
  private final List<Path> folders;

  /** The folder of a cluster. */
  FlinkFolder(FlinkConfig config) {
    this.directory = config.directory();
    this.settings = settings(config);
    this.folders =
        List.of(
            logs(),
            temporary(directory),
            directory.resolve("uploads"),
            config.checkpoints(),
            config.savepoints());
  }

  /** The folder of a client without a cluster. */
  FlinkFolder(Path directory, Map<String, String> settings) {
    this.directory = directory.toAbsolutePath().normalize();
    this.settings = new TreeMap<>(settings);
    this.folders = List.of(logs());
  }

  Path directory() {
    return directory;
  }

  Path configuration() {
    return directory.resolve("conf");
  }

  Path logs() {
    return directory.resolve("log");
  }

  /** Writes the configuration, which all processes share. */
  void write() {
    try {
      Files.createDirectories(configuration());
      for (Path folder : folders) {
        Files.createDirectories(folder);
      }
      StringBuilder yaml = new StringBuilder();
      settings.forEach((key, value) -> yaml.append(key + ": '" + quoted(value) + "'\n"));
      replace(configuration().resolve("config.yaml"), yaml.toString());
      replace(logging(), loggingSettings());
    } catch (IOException e) {
      throw new ServerException("Flink: folder " + directory + " cannot be written (" + e + ")", e);
    }
  }

  /** The JVM options that open the JDK's packages which Flink needs on Java 17. */
  static List<String> opened() {
    List<String> options = new ArrayList<>();
    EXPORTS.forEach(each -> options.add("--add-exports=" + each + "=ALL-UNNAMED"));
    OPENS.forEach(each -> options.add("--add-opens=java.base/" + each + "=ALL-UNNAMED"));
    return options;
  }

  /** The command of a Java program with Flink's class path and {@link #opened} packages. */
  JavaCommand java(String mainClass, String log, List<String> options, List<String> arguments) {
    List<String> all = new ArrayList<>(options);
    all.addAll(opened());
    all.add("-XX:+ExitOnOutOfMemoryError");
    all.add("-Djava.awt.headless=true");
    // The 10 s by default are too short on a busy machine. Flink's own option has no effect,
    // because it sets a name that Pekko does not read.
    all.add("-Dpekko.remote.classic.startup-timeout=60s");
    all.add("-Dlog.file=" + logs().resolve(log));
    all.add("-Dlog4j.configurationFile=" + logging().toUri());
    return new JavaCommand(
        Installation.find().classPath("flink"),
        mainClass,
        all,
        arguments,
        Map.of("FLINK_CONF_DIR", configuration().toString()));
  }

  /**
   * The memory of a process as Flink calculates it from the configuration. The result is kept in a
   * file until the configuration changes.
   *
   * @param command {@code GET_JM_RESOURCE_PARAMS} or {@code GET_TM_RESOURCE_PARAMS}
   */
  ProcessMemory memory(String command) {
    Path configured = configuration().resolve("config.yaml");
    Path kept = configuration().resolve(command + ".txt");
    Path keptFor = configuration().resolve(command + ".yaml");
    try {
      if (!Files.exists(kept)
          || !Files.exists(keptFor)
          || Files.mismatch(configured, keptFor) >= 0) {
        Files.deleteIfExists(kept);
        Files.deleteIfExists(keptFor);
        ServerProcess.run(
            java(
                    "org.apache.flink.runtime.util.bash.BashJavaUtils",
                    "memory.log",
                    List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                    List.of(command, "--configDir", configuration().toString()))
                .of("Flink's calculation of memory", directory, kept),
            List.of(),
            CALCULATE);
        Files.copy(configured, keptFor);
      }
      try (Stream<String> lines = Files.lines(kept)) {
        List<String> results =
            lines
                .filter(line -> line.startsWith(RESULT))
                .map(line -> line.substring(RESULT.length()).trim())
                .toList();
        if (results.size() != 2) {
          throw new ServerException("Flink's calculation of memory gave no result; see " + kept);
        }
        return new ProcessMemory(words(results.get(0)), words(results.get(1)));
      }
    } catch (IOException e) {
      throw new ServerException(kept + " cannot be written (" + e + ")", e);
    }
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  private static Path temporary(Path directory) {
    return directory.resolve("tmp");
  }

  private Path logging() {
    return configuration().resolve("log4j.properties");
  }

  private static Map<String, String> settings(FlinkConfig config) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("jobmanager.rpc.address", Ports.HOST);
    settings.put("jobmanager.rpc.port", "" + config.rpcPort());
    settings.put("jobmanager.bind-host", Ports.HOST);
    settings.put("blob.server.port", "" + config.blobPort());
    settings.put("rest.address", Ports.HOST);
    settings.put("rest.bind-address", Ports.HOST);
    settings.put("rest.port", "" + config.restPort());
    settings.put("rest.bind-port", "" + config.restPort());
    settings.put("taskmanager.host", Ports.HOST);
    settings.put("taskmanager.bind-host", Ports.HOST);
    settings.put("taskmanager.numberOfTaskSlots", "" + config.slots());
    settings.put("parallelism.default", "1");

    settings.put("jobmanager.memory.process.size", config.jobManagerMb() + "m");
    settings.put("taskmanager.memory.process.size", config.taskManagerProcessMb() + "m");
    settings.put("taskmanager.memory.managed.size", config.managedMb() + "m");
    settings.put("taskmanager.jvm-exit-on-oom", "true");

    settings.put("state.backend.type", config.state().backend());
    if (config.state() == FlinkConfig.State.ROCKSDB) {
      settings.putAll(RocksDb.settings());
      settings.put(RocksDb.MEMORY_PER_SLOT, config.rocksDbMb() + "m");
      // Otherwise Flink's network memory would grow with RocksDB's memory.
      settings.put("taskmanager.memory.network.max", config.taskManagerMb() / 10 + "m");
    }
    settings.put("execution.checkpointing.storage", "filesystem");
    settings.put("execution.checkpointing.incremental", "true");
    settings.put("execution.checkpointing.dir", config.checkpoints().toUri().toString());
    settings.put("execution.checkpointing.savepoint-dir", config.savepoints().toUri().toString());
    settings.put("execution.checkpointing.num-retained", "3");
    settings.put(
        "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");

    settings.put("restart-strategy.type", "exponential-delay");
    settings.put("restart-strategy.exponential-delay.initial-backoff", "1 s");
    settings.put("restart-strategy.exponential-delay.max-backoff", "10 s");
    settings.put("restart-strategy.exponential-delay.backoff-multiplier", "1.5");
    settings.put("restart-strategy.exponential-delay.reset-backoff-threshold", "1 min");
    // Two refused heartbeats reveal a dead process, the timeout reveals a frozen one. A busy
    // machine,
    // or a garbage collection, can delay heartbeats for ten seconds.
    settings.put("heartbeat.interval", "1 s");
    settings.put("heartbeat.timeout", "30 s");
    settings.put("cluster.registration.max-timeout", "2 s");
    settings.put("cluster.registration.error-delay", "1 s");
    settings.put("cluster.registration.refused-registration-delay", "1 s");

    settings.put("io.tmp.dirs", temporary(config.directory()).toString());
    settings.put("web.tmpdir", temporary(config.directory()).toString());
    settings.put("web.upload.dir", config.directory().resolve("uploads").toString());
    config.keys().ifPresent(keys -> settings.putAll(FlinkTls.cluster(keys)));
    settings.putAll(config.settings());
    return settings;
  }

  private static String loggingSettings() {
    return """
    rootLogger.level = INFO
    rootLogger.appenderRef.file.ref = file
    rootLogger.appenderRef.console.ref = console

    appender.file.name = file
    appender.file.type = RollingFile
    appender.file.fileName = ${sys:log.file}
    appender.file.filePattern = ${sys:log.file}.%i
    appender.file.layout.type = PatternLayout
    appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-50c{1.} [%t] - %enc{%m}{CRLF}%n
    appender.file.policies.type = Policies
    appender.file.policies.size.type = SizeBasedTriggeringPolicy
    appender.file.policies.size.size = 20MB
    appender.file.strategy.type = DefaultRolloverStrategy
    appender.file.strategy.max = 4

    appender.console.name = console
    appender.console.type = Console
    appender.console.target = SYSTEM_ERR
    appender.console.layout.type = PatternLayout
    appender.console.layout.pattern = %d{HH:mm:ss} %-5p %c{1} - %enc{%m}{CRLF}%n
    appender.console.filter.threshold.type = ThresholdFilter
    appender.console.filter.threshold.level = ERROR

    logger.pekko.name = org.apache.pekko
    logger.pekko.level = WARN
    """;
  }

  private static String quoted(String value) {
    return value.replace("'", "''");
  }

  /** Replaces a file atomically, because other processes of the cluster may be reading it. */
  private static void replace(Path file, String text) throws IOException {
    if (Files.exists(file) && Files.readString(file).equals(text)) {
      return;
    }
    Path next = Files.createTempFile(file.getParent(), "next", ".tmp");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
