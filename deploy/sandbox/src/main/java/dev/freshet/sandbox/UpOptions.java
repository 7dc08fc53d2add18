package dev.freshet.sandbox;

import dev.freshet.cli.Layout;
import dev.freshet.config.Setting;
import dev.freshet.sandbox.sample.SampleSize;
import dev.freshet.sandbox.supervise.Cluster;
import dev.freshet.servers.FlinkConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of {@code up} and {@code demo}. A port of 0 means any free port. */
final class UpOptions {
  private static final int HEAP_SLOTS = 4;

  @Option(
      names = "--sample",
      paramLabel = "SIZE",
      description =
          "Sample data: none (empty tables), small (2,000 conversations) or large"
              + " (20,000) (default: small; of demo: large).")
  private SampleSize sample;

  @Option(
      names = "--views",
      paramLabel = "DIR",
      description = "Folder of the declared views (default: sql/views of the checkout).")
  private Path views;

  @Option(
      names = "--source-sql",
      paramLabel = "FILE",
      description =
          "A script that is run in MySQL before the job starts, for example to create your own"
              + " tables.")
  private Path sourceSql;

  @Option(
      names = "--mysql",
      paramLabel = "DIR",
      description =
          "Folder of a MySQL installation of 8.0 or newer to start instead of the embedded 8.0.33:"
              + " one with bin/mysqld, sbin/mysqld or a launcher named mysqld.")
  private Path mysql;

  @Option(names = "--mysql-port", paramLabel = "PORT", description = "Default: a free one.")
  private int mysqlPort;

  @Option(names = "--postgres-port", paramLabel = "PORT", description = "Default: a free one.")
  private int postgresPort;

  @Option(names = "--kafka-port", paramLabel = "PORT", description = "Default: a free one.")
  private int kafkaPort;

  @Option(names = "--flink-port", paramLabel = "PORT", description = "Default: a free one.")
  private int flinkPort;

  @Option(names = "--reader-port", paramLabel = "PORT", description = "Default: a free one.")
  private int readerPort;

  @Option(
      names = "--tokens",
      paramLabel = "FILE",
      description =
          "Tokens with scopes for the reader, besides its own; see deploy/docs/security.md.")
  private Path tokens;

  @Option(
      names = "--jwt-key",
      paramLabel = "FILE",
      description =
          "Public keys (PEM or a JWK set) with which the reader verifies signed tokens; see"
              + " deploy/docs/security.md.")
  private Path jwtKey;

  @Option(
      names = "--jwt-secret",
      paramLabel = "FILE",
      description =
          "A secret of at least 32 bytes with which the reader verifies signed tokens (HS256).")
  private Path jwtSecret;

  @Option(
      names = "--taskmanager-memory",
      paramLabel = "MB",
      defaultValue = "1400",
      description =
          "Memory of the task manager, which keeps the state: about 1 GB for every 500,000 rows of"
              + " the source (default: ${DEFAULT-VALUE}).")
  private int taskManagerMb;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      defaultValue = "1",
      description = "Subtasks of the job's nodes and writers (default: ${DEFAULT-VALUE}).")
  private int parallelism;

  @Option(
      names = "--state-backend",
      paramLabel = "BACKEND",
      defaultValue = "heap",
      description =
          "State backend of the job: heap (fast, all state in memory) or rocksdb (on disk, with"
              + " incremental checkpoints) (default: ${DEFAULT-VALUE}).")
  private Cluster.State stateBackend;

  @Option(
      names = "--rocksdb-memory",
      paramLabel = "MB",
      defaultValue = "" + FlinkConfig.ROCKS_DB_MB,
      description =
          "With --state-backend rocksdb, its memory in each slot, in addition to --taskmanager-memory"
              + " (default: ${DEFAULT-VALUE}).")
  private int rocksDbMb;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description =
          "Slots of the task manager; 'resume --parallelism' cannot exceed this number (default:"
              + " the job's parallelism; with the heap backend at least 4).")
  private Integer slots;

  @Option(names = "--sample-conversations", hidden = true, description = "Another size, for tests.")
  private int conversations;

  @Option(names = "--hold-job", hidden = true, description = "Start the job when this file exists.")
  private Path holdJob;

  SampleSize sample(SampleSize otherwise) {
    return sample == null ? otherwise : sample;
  }

  Path views(Layout layout) {
    return views == null ? layout.views() : views.toAbsolutePath();
  }

  /** Returns the script to run in the source; null for none. */
  Path sourceSql() {
    return sourceSql == null ? null : sourceSql.toAbsolutePath();
  }

  /** Returns the folder of the MySQL to start; null for the embedded MySQL. */
  Path mysql() {
    return mysql == null ? null : mysql.toAbsolutePath();
  }

  /** Returns the reader's settings that are files, by key. */
  Map<String, Path> readerFiles() {
    Map<String, Path> files = new LinkedHashMap<>();
    if (tokens != null) {
      files.put(Setting.READER_TOKENS_FILE.key(), tokens.toAbsolutePath());
    }
    if (jwtKey != null) {
      files.put(Setting.READER_JWT_KEY_FILE.key(), jwtKey.toAbsolutePath());
    }
    if (jwtSecret != null) {
      files.put(Setting.READER_JWT_SECRET_FILE.key(), jwtSecret.toAbsolutePath());
    }
    return files;
  }

  int conversations(SampleSize size) {
    return conversations > 0 ? conversations : size.conversations();
  }

  Cluster cluster() {
    return new Cluster(taskManagerMb, parallelism, slots(), stateBackend, rocksDbMb);
  }

  /**
   * Returns the number of slots. The default has spare slots with the heap backend, where they cost
   * nothing; with RocksDB each slot needs its own memory.
   */
  private int slots() {
    if (slots != null) {
      return slots;
    }
    return switch (stateBackend) {
      case HEAP -> Math.max(HEAP_SLOTS, parallelism);
      case ROCKSDB -> parallelism;
    };
  }

  /** Returns the file that must exist before the job is started; null to start it at once. */
  Path holdJob() {
    return holdJob;
  }

  /** Returns the requested ports by server; 0 for any free port. */
  Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("MySQL", mysqlPort);
    ports.put("Postgres", postgresPort);
    ports.put("Kafka", kafkaPort);
    ports.put("Flink", flinkPort);
    ports.put("Reader", readerPort);
    return ports;
  }

  /**
   * Returns these options as arguments for the supervisor.
   *
   * @param otherwise the sample if the options name none
   */
  List<String> arguments(Layout layout, SampleSize otherwise) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--sample=" + sample(otherwise));
    arguments.add("--views=" + views(layout));
    ports()
        .forEach(
            (server, port) ->
                arguments.add("--" + server.toLowerCase(java.util.Locale.ROOT) + "-port=" + port));
    arguments.add("--sample-conversations=" + conversations);
    arguments.add("--taskmanager-memory=" + taskManagerMb);
    arguments.add("--parallelism=" + parallelism);
    arguments.add("--state-backend=" + stateBackend);
    arguments.add("--rocksdb-memory=" + rocksDbMb);
    arguments.add("--slots=" + slots());
    if (mysql != null) {
      arguments.add("--mysql=" + mysql());
    }
    if (sourceSql != null) {
      arguments.add("--source-sql=" + sourceSql());
    }
    if (tokens != null) {
      arguments.add("--tokens=" + tokens.toAbsolutePath());
    }
    if (jwtKey != null) {
      arguments.add("--jwt-key=" + jwtKey.toAbsolutePath());
    }
    if (jwtSecret != null) {
      arguments.add("--jwt-secret=" + jwtSecret.toAbsolutePath());
    }
    if (holdJob != null) {
      arguments.add("--hold-job=" + holdJob.toAbsolutePath());
    }
    return arguments;
  }
}
