package dev.freshet.cli.supervise;

/**
 * How the job is run.
 *
 * @param taskManagerMb memory of the task manager, RocksDB's own not counted
 * @param parallelism of the nodes and writers
 * @param state where the job keeps its state
 */
public record Cluster(int taskManagerMb, int parallelism, State state) {
  /** Where state lies between checkpoints. */
  public enum State {
    HEAP,
    ROCKSDB
  }
}
