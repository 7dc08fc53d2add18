package dev.freshet.sandbox;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Instance;
import dev.freshet.cli.Layout;
import dev.freshet.sandbox.supervise.Cluster;
import dev.freshet.servers.FlinkConfig;
import dev.freshet.servers.Installation;
import dev.freshet.servers.MySqlDistribution;
import dev.freshet.servers.ServerException;
import dev.freshet.view.declare.Declarations;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Checks options and files before anything is started. */
final class Preflight {
  private static final int LEAST_MB = 900;
  private static final int MOST_MB = 1 << 20;
  private static final int MOST_SUBTASKS = 32;
  private static final int HIGHEST_PORT = 65_535;

  private Preflight() {}

  /**
   * Runs all checks.
   *
   * @throws Failure with the first problem; or with the problems of all views
   */
  static void check(Layout layout, UpOptions options) {
    notRunning(layout);
    ports(options.ports());
    cluster(options.cluster());
    views(options.views(layout));
    if (options.sourceSql() != null && !Files.isReadable(options.sourceSql())) {
      throw new Failure(
          "Source script "
              + options.sourceSql()
              + ": cannot be read; give another with --source-sql");
    }
    if (options.mysql() != null) {
      mysql(layout, options.mysql());
    }
    options
        .readerFiles()
        .forEach(
            (key, file) -> {
              if (!Files.isReadable(file)) {
                throw new Failure(
                    "reader.%s: file %s cannot be read; give another".formatted(key, file));
              }
            });
    built(layout.installation());
    if (options.mysql() == null) {
      // Here the user sees the progress.
      MySqlDistribution.provide(layout.distributions());
    }
  }

  private static void mysql(Layout layout, Path folder) {
    try {
      MySqlDistribution.version(layout.distributions(), folder);
    } catch (ServerException e) {
      throw new Failure(e.getMessage() + " with --mysql", e);
    }
  }

  private static void notRunning(Layout layout) {
    OptionalLong pid = Instance.running(layout);
    if (pid.isPresent()) {
      throw new Failure(
          "Freshet already runs in "
              + layout.home()
              + " (supervisor is process "
              + pid.getAsLong()
              + "); stop it with ./deploy/freshet down");
    }
  }

  private static void ports(Map<String, Integer> ports) {
    Set<Integer> seen = new HashSet<>();
    ports.forEach(
        (server, port) -> {
          if (port < 0 || port > HIGHEST_PORT) {
            throw new Failure(
                server
                    + ": port "
                    + port
                    + " does not exist; give 1 to 65535, or 0 for a free one");
          }
          if (port > 0 && !seen.add(port)) {
            throw new Failure(
                server + ": port " + port + " is given to two servers; choose another");
          }
          if (port > 0 && !isFree(port)) {
            throw new Failure(
                server
                    + ": port "
                    + port
                    + " on 127.0.0.1 is taken; stop the process that listens there or choose another");
          }
        });
  }

  private static void cluster(Cluster cluster) {
    int taskManagerMb = cluster.taskManagerMb();
    if (taskManagerMb < LEAST_MB || taskManagerMb > MOST_MB) {
      throw new Failure(
          "Task manager: %d MB of memory is out of range; give %d to %d with --taskmanager-memory"
              .formatted(taskManagerMb, LEAST_MB, MOST_MB));
    }
    if (cluster.parallelism() < 1 || cluster.parallelism() > MOST_SUBTASKS) {
      throw new Failure(
          "Job: a parallelism of %d is out of range; give 1 to %d with --parallelism"
              .formatted(cluster.parallelism(), MOST_SUBTASKS));
    }
    if (cluster.slots() < cluster.parallelism() || cluster.slots() > MOST_SUBTASKS) {
      throw new Failure(
          "Task manager: %d slots are out of range; give %d, the job's parallelism, to %d with --slots"
              .formatted(cluster.slots(), cluster.parallelism(), MOST_SUBTASKS));
    }
    rocksDb(cluster);
  }

  private static void rocksDb(Cluster cluster) {
    int mb = cluster.rocksDbMb();
    if (mb < FlinkConfig.LEAST_ROCKS_DB_MB || mb > MOST_MB / cluster.slots()) {
      throw new Failure(
          "RocksDB: %d MB of memory in each of %d slots is out of range; give %d to %d with --rocksdb-memory"
              .formatted(
                  mb, cluster.slots(), FlinkConfig.LEAST_ROCKS_DB_MB, MOST_MB / cluster.slots()));
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void views(Path folder) {
    if (!Files.isDirectory(folder) || !Files.isReadable(folder)) {
      throw new Failure("Views: folder " + folder + " cannot be read; give another with --views");
    }
    Failure.ifAny(Declarations.in(folder).problems());
  }

  private static void built(Installation installation) {
    installation.readerClassPath();
    if (!Files.exists(installation.jobJar())) {
      throw new Failure(
          "Build: "
              + installation.root().relativize(installation.jobJar())
              + " is missing; use ./deploy/freshet, or run mvn package -DskipTests");
    }
  }
}
