package dev.freshet.flow;

import dev.freshet.servers.RocksDb;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.util.MiniClusterWithClientResource;

/** A Flink cluster in the process of the test. Jobs that the test executes run on it. */
public final class MiniFlink implements AutoCloseable {
  /** The memory of each slot for RocksDB, in MB; enough for a test's state. */
  private static final long ROCKS_DB_MB = 256;

  private final MiniClusterWithClientResource cluster;

  /**
   * Starts a cluster of one task manager.
   *
   * @param slots the number of its slots
   */
  public MiniFlink(int slots) throws Exception {
    cluster =
        new MiniClusterWithClientResource(
            new MiniClusterResourceConfiguration.Builder()
                .setConfiguration(
                    Configuration.fromMap(RocksDb.settings())
                        .set(
                            TaskManagerOptions.MANAGED_MEMORY_SIZE,
                            MemorySize.ofMebiBytes(ROCKS_DB_MB * slots)))
                .setNumberTaskManagers(1)
                .setNumberSlotsPerTaskManager(slots)
                .build());
    cluster.before();
  }

  /** Returns the newest checkpoints of a job. */
  public List<AbstractCheckpointStats> checkpoints(JobID job) throws Exception {
    return cluster
        .getMiniCluster()
        .getExecutionGraph(job)
        .get()
        .getCheckpointStatsSnapshot()
        .getHistory()
        .getCheckpoints();
  }

  /** Ends the task manager like a crash; jobs wait for a new task manager. */
  public void endTaskManager() throws Exception {
    cluster.getMiniCluster().terminateTaskManager(0).get();
  }

  /** Starts a new task manager after {@link #endTaskManager}. */
  public void startTaskManager() throws Exception {
    cluster.getMiniCluster().startTaskManager();
  }

  @Override
  public void close() {
    cluster.after();
  }
}
