package dev.freshet.flow.log;

import java.util.Set;

/**
 * A rebuild of views from the state of the root nodes begins: from this place of the log on the
 * nodes send all entries of these views again, and the store's own are worth nothing. Capture
 * begins an open rebuild again whenever it starts, so a checkpoint need not keep it.
 *
 * @param views their places in the job's plan
 * @param version of the {@link Event.Rebuild} events that the nodes get
 */
public record Rebuild(Set<Integer> views, long version) implements ControlMessage {
  public Rebuild {
    views = Set.copyOf(views);
    if (version < 1) {
      throw new IllegalArgumentException("a rebuild at " + version);
    }
  }

  /**
   * How far one subtask of the root nodes is with a rebuild.
   *
   * @param rebuild its {@link Rebuild#version}
   * @param subtask from 0
   * @param subtasks how many there are
   * @param sent rows whose entries were sent
   * @param total rows that there were when the subtask began
   * @param done whether all entries were sent
   * @param version the watermark under which the last of them were sent
   */
  public record Sent(
      long rebuild, int subtask, int subtasks, long sent, long total, boolean done, long version)
      implements ControlMessage {}

  @Override
  public String toString() {
    return "Rebuild of views " + views + " at " + version;
  }
}
