package dev.freshet.servers;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The configuration of a standalone Flink cluster. To restart one of its processes, use an equal
 * configuration.
 *
 * @param directory the cluster's folder for configuration, logs, checkpoints and savepoints
 * @param restPort the port of the job manager's REST interface and web page, on the loopback
 *     interface
 * @param rpcPort the port at which task managers reach the job manager
 * @param blobPort the port at which task managers download jars
 * @param slots the number of slots of the task manager
 * @param jobManagerMb the memory of the job manager's process, in MB
 * @param taskManagerMb the memory of the task manager's process without RocksDB's, in MB
 * @param state where running jobs keep their state
 * @param rocksDbMb the memory of each slot for RocksDB in MB, used only if {@code state} is ROCKSDB
 * @param settings Flink options that overrule all others
 * @param keys the keys of the cluster's processes and clients; empty for a cluster that takes jobs
 *     from everybody who reaches its ports
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
    Map<String, String> settings,
    Optional<TlsKeys> keys) {
  /** The default memory of each slot for RocksDB, in MB. */
  public static final int ROCKS_DB_MB = 1024;

  /**
   * The minimum memory of a slot for RocksDB, in MB: with less, RocksDB flushes too many small
   * files.
   */
  public static final int LEAST_ROCKS_DB_MB = 128;

  /** Flink's managed memory without RocksDB, in MB. */
  private static final int HEAP_MANAGED_MB = 32;

  /** Where a running job keeps its state. */
  public enum State {
    /** In the heap, which is fastest while the state fits. */
    HEAP("hashmap"),
    /** On disk, with incremental checkpoints. */
    ROCKSDB("rocksdb");

    private final String backend;

    State(String backend) {
      this.backend = backend;
    }

    /** The state backend's name in Flink's configuration. */
    String backend() {
      return backend;
    }
  }

  public FlinkConfig {
    directory = directory.toAbsolutePath().normalize();
    Objects.requireNonNull(state);
    Objects.requireNonNull(keys);
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

  /**
   * A configuration of a new cluster: free ports, 4 slots, 900 MB for the job manager, 1400 MB for
   * the task manager, state in the heap.
   */
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
        Map.of(),
        Optional.empty());
  }

  public FlinkConfig withPorts(int rest, int rpc, int blob) {
    return new FlinkConfig(
        directory,
        rest,
        rpc,
        blob,
        slots,
        jobManagerMb,
        taskManagerMb,
        state,
        rocksDbMb,
        settings,
        keys);
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
        settings,
        keys);
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
        settings,
        keys);
  }

  /** The same configuration with the state in the heap. */
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
        settings,
        keys);
  }

  /**
   * Returns the same configuration with the state in RocksDB. For it the task manager's process
   * gets {@code slotMb} MB for each slot, besides its other memory.
   */
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
        settings,
        keys);
  }

  /** The same configuration with one more Flink option. */
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
        all,
        keys);
  }

  /**
   * The same cluster for owners of a key store only: its processes and its clients talk TLS, and
   * both sides of a connection must show the store's certificate.
   */
  public FlinkConfig withKeys(TlsKeys value) {
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
        settings,
        Optional.of(value));
  }

  /** The memory for RocksDB in all slots together, in MB. */
  int managedMb() {
    return switch (state) {
      case HEAP -> HEAP_MANAGED_MB;
      case ROCKSDB -> Math.multiplyExact(slots, rocksDbMb);
    };
  }

  /**
   * The memory of the whole task manager's process, in MB. RocksDB's memory is added, together with
   * the tenth of the whole that Flink reserves for allocations outside of its pools.
   */
  int taskManagerProcessMb() {
    return switch (state) {
      case HEAP -> taskManagerMb;
      case ROCKSDB -> taskManagerMb + managedMb() + (managedMb() + 8) / 9;
    };
  }

  /** The address of the web page and the REST interface. */
  public String url() {
    return (keys.isPresent() ? "https://" : "http://") + Ports.HOST + ":" + restPort;
  }

  /** The folder for checkpoints, with a folder for each job, named by the job's id. */
  public Path checkpoints() {
    return directory.resolve("checkpoints");
  }

  public Path savepoints() {
    return directory.resolve("savepoints");
  }
}
