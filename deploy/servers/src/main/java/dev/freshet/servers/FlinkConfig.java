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
 * @param taskManagerMb memory of the task manager's process, without RocksDB's
 * @param state where jobs keep their state while they run
 * @param rocksDbMb memory that each slot has for RocksDB, if that keeps the state
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
    int rocksDbMb,
    Map<String, String> settings) {
  /** What each slot has for RocksDB unless told otherwise. */
  public static final int ROCKS_DB_MB = 1024;

  /** With less in a slot RocksDB flushes what it holds long before it is worth a file. */
  public static final int LEAST_ROCKS_DB_MB = 128;

  /** What Flink manages where RocksDB keeps no state. */
  private static final int HEAP_MANAGED_MB = 32;

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
    if (jobManagerMb < 700 || taskManagerMb < 900) {
      throw new IllegalArgumentException(
          "Flink: a job manager needs 700 MB and a task manager 900 MB, not "
              + jobManagerMb
              + " and "
              + taskManagerMb);
    }
    if (rocksDbMb < LEAST_ROCKS_DB_MB) {
      throw new IllegalArgumentException(
          "Flink: RocksDB needs %d MB in each slot, not %d"
              .formatted(LEAST_ROCKS_DB_MB, rocksDbMb));
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
        ROCKS_DB_MB,
        Map.of());
  }

  public FlinkConfig withPorts(int rest, int rpc, int blob) {
    return new FlinkConfig(
        directory, rest, rpc, blob, slots, jobManagerMb, taskManagerMb, state, rocksDbMb, settings);
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
        rocksDbMb,
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
        rocksDbMb,
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
        rocksDbMb,
        settings);
  }

  /** State in RocksDB, with so much memory in each slot, which the process gets in addition. */
  public FlinkConfig withRocksDb(int slotMb) {
    return new FlinkConfig(
        directory,
        restPort,
        rpcPort,
        blobPort,
        slots,
        jobManagerMb,
        taskManagerMb,
        State.ROCKSDB,
        slotMb,
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
        rocksDbMb,
        all);
  }

  /** Memory that Flink manages for RocksDB in all slots together. */
  int managedMb() {
    return switch (state) {
      case HEAP -> HEAP_MANAGED_MB;
      case ROCKSDB -> Math.multiplyExact(slots, rocksDbMb);
    };
  }

  /**
   * Memory of the task manager's whole process. RocksDB's is added to what it has without, with the
   * tenth of the whole that Flink sets aside for what a process allocates outside of its pools.
   */
  int taskManagerProcessMb() {
    return switch (state) {
      case HEAP -> taskManagerMb;
      case ROCKSDB -> taskManagerMb + managedMb() + (managedMb() + 8) / 9;
    };
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
