package dev.freshet.flow.log;

import java.util.Set;

/**
 * A rebuild of views from the state of the root nodes begins: from this position of the log on the
 * nodes emit all entries of these views again, and the entries in the store are discarded. Capture
 * restarts an unfinished rebuild whenever it starts, so checkpoints need not contain it.
 *
 * @param views the indexes of the views in the job's plan
 * @param version the version of the {@link Event.Rebuild} events that the nodes get
 */
public record Rebuild(Set<Integer> views, long version) implements ControlMessage {
  public Rebuild {
    views = Set.copyOf(views);
    if (version < 1) {
      throw new IllegalArgumentException("a rebuild at " + version);
    }
  }

  /**
   * The progress of one subtask of the root nodes in a rebuild.
   *
   * @param rebuild the {@link Rebuild#version} of the rebuild
   * @param subtask from 0
   * @param subtasks the number of subtasks
   * @param sent the number of rows whose entries were emitted
   * @param total the number of rows when the subtask began
   * @param done whether all entries were emitted
   * @param version the watermark under which the last entries were emitted
   */
  public record Sent(
      long rebuild, int subtask, int subtasks, long sent, long total, boolean done, long version)
      implements ControlMessage {}

  @Override
  public String toString() {
    return "Rebuild of views " + views + " at " + version;
  }
}
