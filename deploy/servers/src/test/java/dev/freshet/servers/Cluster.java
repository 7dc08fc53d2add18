package dev.freshet.servers;

import java.util.List;

/** One of each server, in a folder of its own. */
final class Cluster {
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
}
