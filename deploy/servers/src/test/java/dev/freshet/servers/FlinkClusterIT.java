package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlinkClusterIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @Test
  void offersItsSlotsAndReconnectsTheTaskManagerAfterTheJobManagerDied() throws Exception {
    FlinkConfig config =
        FlinkConfig.in(LocalServers.newFolder("flink"))
            .withSlots(3)
            .with("heartbeat.timeout", "8 s");
    FlinkRest rest = new FlinkRest(config);
    try (FlinkJobManager jobManager = LocalServers.started(new FlinkJobManager(config));
        FlinkTaskManager taskManager = LocalServers.started(new FlinkTaskManager(config))) {
      assertThat(rest.get("/overview")).contains("\"slots-total\":3", "\"slots-available\":3");
      assertThat(new FlinkClient(config).run(List.of("list"), DEADLINE))
          .contains("No running jobs.");

      jobManager.kill();
      jobManager.start(DEADLINE);
      taskManager.ready(DEADLINE);
      assertThat(rest.get("/overview")).contains("\"slots-total\":3");
    }
  }
}
