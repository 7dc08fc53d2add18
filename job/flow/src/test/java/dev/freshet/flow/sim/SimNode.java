package dev.freshet.flow.sim;

import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** One subtask of a node operator. */
interface SimNode extends AutoCloseable {
  void event(Event event);

  void watermark(long watermark);

  /** Whether a step is not done yet; then {@link #resume} goes on with it. */
  boolean isPaused();

  /** Does the next piece of a step. */
  void resume();

  /** What a checkpoint holds of it. */
  Object snapshot();

  /** Somebody changes what the node keeps of a row; returns which, or null where nothing was. */
  default Key corrupt(Random random) {
    return null;
  }

  @Override
  default void close() {}

  /** A watermark that a subtask passed on. */
  record Passed(long watermark) {}

  /** Makes the subtasks of a cluster. */
  interface Factory {
    /**
     * Makes one.
     *
     * @param out receives what the subtask sends, and the watermarks it passes on
     * @param restored the snapshots of all subtasks at this depth; empty for a fresh start
     */
    SimNode create(
        int depth, int subtask, int parallelism, Consumer<Object> out, List<Object> restored);
  }
}
