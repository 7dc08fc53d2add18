package dev.freshet.sandbox.supervise;

/**
 * How the job is run.
 *
 * @param taskManagerMb memory of the task manager, RocksDB's own not counted
 * @param parallelism of the nodes and writers
 * @param slots of the task manager, at least as many as subtasks
 * @param state where the job keeps its state
 * @param rocksDbMb memory of each slot for RocksDB, if that keeps the state
 */
public record Cluster(int taskManagerMb, int parallelism, int slots, State state, int rocksDbMb) {
  /** Where state lies between checkpoints. */
  public enum State {
    HEAP,
    ROCKSDB
  }
}
