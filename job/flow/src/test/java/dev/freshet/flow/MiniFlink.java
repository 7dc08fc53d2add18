package dev.freshet.flow;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.util.MiniClusterWithClientResource;

/** Flink in the test's own process: jobs that are executed there run on it. */
public final class MiniFlink implements AutoCloseable {
  private final MiniClusterWithClientResource cluster;

  /** Starts one task manager with so many slots. */
  public MiniFlink(int slots) throws Exception {
    cluster =
        new MiniClusterWithClientResource(
            new MiniClusterResourceConfiguration.Builder()
                .setConfiguration(new Configuration())
                .setNumberTaskManagers(1)
                .setNumberSlotsPerTaskManager(slots)
                .build());
    cluster.before();
  }

  @Override
  public void close() {
    cluster.after();
  }
}
