package dev.freshet.sandbox.supervise;

/**
 * The Flink cluster and the job's parallelism.
 *
 * @param taskManagerMb memory of the task manager in MB, without RocksDB's
 * @param parallelism the parallelism of nodes and writers
 * @param slots the number of slots of the task manager, at least the parallelism
 * @param state the state backend
 * @param rocksDbMb RocksDB's memory in each slot in MB, if it is the state backend
 */
public record Cluster(int taskManagerMb, int parallelism, int slots, State state, int rocksDbMb) {
  /** The state backends. */
  public enum State {
    HEAP,
    ROCKSDB
  }
}
