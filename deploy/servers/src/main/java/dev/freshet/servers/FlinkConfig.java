package dev.freshet.servers;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a standalone Flink cluster is started with. To start one of its processes again, keep all of
 * it.
 *
 * @param directory its own folder: configuration, logs, checkpoints, savepoints
 * @param restPort of the job manager's REST interface and page, on the loopback interface
 * @param rpcPort where task managers find the job manager
 * @param blobPort where task managers get jars
 * @param slots of the task manager
 * @param jobManagerMb memory of the job manager's process
 * @param taskManagerMb memory of the task manager's process
 * @param state where jobs keep their state while they run
 * @param managedMb memory of the task manager for RocksDB, shared by its slots
 * @param settings Flink options that overrule all others
 */
public record FlinkConfig(
    Path directory,
    int restPort,
    int rpcPort,
    int blobPort,
    int slots,
    int jobManagerMb,
    int taskManagerMb,
    State state,
    int managedMb,
    Map<String, String> settings) {
  /** Where a job keeps its state while it runs. */
  public enum State {
    /** In the heap: fastest while it fits. */
    HEAP("hashmap"),
    /** On disk, with incremental checkpoints. */
    ROCKSDB("rocksdb");

    private final String backend;

    State(String backend) {
      this.backend = backend;
    }

    /** As Flink calls it. */
    String backend() {
      return backend;
    }
  }

  public FlinkConfig {
    directory = directory.toAbsolutePath().normalize();
    Objects.requireNonNull(state);
    settings = Map.copyOf(settings);
    if (restPort == rpcPort || rpcPort == blobPort || blobPort == restPort) {
      throw new IllegalArgumentException(
          "Flink: ports " + restPort + ", " + rpcPort + ", " + blobPort + " must differ");
    }
    if (slots < 1) {
      throw new IllegalArgumentException("Flink: " + slots + " slots are too few");
    }
    if (jobManagerMb < 700 || taskManagerMb < 900 || managedMb < 0) {
      throw new IllegalArgumentException(
          "Flink: a job manager needs 700 MB and a task manager 900 MB, not "
              + jobManagerMb
              + " and "
              + taskManagerMb);
    }
  }

  /** A new cluster in a folder: free ports, 4 slots, 900 MB and 1400 MB, state in the heap. */
  public static FlinkConfig in(Path directory) {
    List<Integer> ports = Ports.free(3);
    return new FlinkConfig(
        directory,
        ports.get(0),
        ports.get(1),
        ports.get(2),
        4,
        900,
        1400,
        State.HEAP,
        32,
        Map.of());
  }

  public FlinkConfig withPorts(int rest, int rpc, int blob) {
    return new FlinkConfig(
        directory, rest, rpc, blob, slots, jobManagerMb, taskManagerMb, state, managedMb, settings);
  }

  public FlinkConfig withSlots(int value) {
    return new FlinkConfig(
        directory,
        restPort,
        rpcPort,
        blobPort,
        value,
        jobManagerMb,
        taskManagerMb,
        state,
        managedMb,
        settings);
  }

  public FlinkConfig withMemoryMb(int jobManager, int taskManager) {
    return new FlinkConfig(
        directory,
        restPort,
        rpcPort,
        blobPort,
        slots,
        jobManager,
        taskManager,
        state,
        managedMb,
        settings);
  }

  /** State in the heap. */
  public FlinkConfig withHeapState() {
    return new FlinkConfig(
        directory,
        restPort,
        rpcPort,
        blobPort,
        slots,
        jobManagerMb,
        taskManagerMb,
        State.HEAP,
        32,
        settings);
  }

  /**
   * State in RocksDB, with so much memory shared by the slots in use; below 256 MB each it grinds.
   */
  public FlinkConfig withRocksDb(int sharedMb) {
    return new FlinkConfig(
        directory,
        restPort,
        rpcPort,
        blobPort,
        slots,
        jobManagerMb,
        taskManagerMb,
        State.ROCKSDB,
        sharedMb,
        settings);
  }

  /** One more Flink option. */
  public FlinkConfig with(String option, String value) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(option, value);
    return new FlinkConfig(
        directory,
        restPort,
        rpcPort,
        blobPort,
        slots,
        jobManagerMb,
        taskManagerMb,
        state,
        managedMb,
        all);
  }

  /** Where a page and the REST interface are. */
  public String url() {
    return "http://" + Ports.HOST + ":" + restPort;
  }

  /** One folder per job, named by its id. */
  public Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  public Path savepoints() {
    return directory.resolve("savepoints");
  }
}
