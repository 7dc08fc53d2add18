package dev.freshet.servers;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One of each server, in a folder of its own. */
final class Cluster {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  final MySqlServer mysql =
      new MySqlServer(LocalServers.home(), MySqlConfig.in(LocalServers.newFolder("mysql")));
  final PostgresServer postgres =
      new PostgresServer(
          LocalServers.home(), PostgresConfig.in(LocalServers.newFolder("postgres")));
  final KafkaServer kafka = new KafkaServer(KafkaConfig.in(LocalServers.newFolder("kafka")));
  final FlinkConfig flink = FlinkConfig.in(LocalServers.newFolder("flink"));
  final FlinkJobManager jobManager = new FlinkJobManager(flink);
  final FlinkTaskManager taskManager = new FlinkTaskManager(flink);

  List<Server> servers() {
    return List.of(mysql, postgres, kafka, jobManager, taskManager);
  }

  /** Starts all at once and waits for all. */
  void start() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(servers().size());
    try {
      List<Callable<Server>> starts =
          servers().stream().<Callable<Server>>map(server -> () -> started(server)).toList();
      for (Future<Server> each : threads.invokeAll(starts)) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static Server started(Server server) {
    server.start(DEADLINE);
    return server;
  }
}
