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

/** Flink in the test's own process: jobs that are executed there run on it. */
public final class MiniFlink implements AutoCloseable {
  /** What each slot has for RocksDB: enough for a test's state. */
  private static final long ROCKS_DB_MB = 256;

  private final MiniClusterWithClientResource cluster;

  /** Starts one task manager with so many slots. */
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

  /** The newest checkpoints of a job. */
  public List<AbstractCheckpointStats> checkpoints(JobID job) throws Exception {
    return cluster
        .getMiniCluster()
        .getExecutionGraph(job)
        .get()
        .getCheckpointStatsSnapshot()
        .getHistory()
        .getCheckpoints();
  }

  /** Ends the task manager as a crash would; jobs wait for another. */
  public void endTaskManager() throws Exception {
    cluster.getMiniCluster().terminateTaskManager(0).get();
  }

  /** Starts a task manager in the place of the one that was ended. */
  public void startTaskManager() throws Exception {
    cluster.getMiniCluster().startTaskManager();
  }

  @Override
  public void close() {
    cluster.after();
  }
}
