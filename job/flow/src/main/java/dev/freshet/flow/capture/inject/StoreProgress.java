package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Reads the job's progress and other data of the job from the store. Used where the job runs. */
public interface StoreProgress extends Serializable {
  /** An empty store. */
  StoreProgress NONE =
      new StoreProgress() {
        private static final long serialVersionUID = 1L;

        @Override
        public List<Long> above(long version) {
          return List.of();
        }

        @Override
        public Set<Key> roots(JobPlan plan, Collection<Key> keys, long version) {
          return Set.of();
        }
      };

  /**
   * Returns the progress values above a version, in any order. An earlier attempt may have written
   * them after the checkpoint from which the job was restored.
   *
   * @throws Exception if the store does not answer; the job then restarts
   */
  List<Long> above(long version) throws Exception;

  /**
   * Returns the lowest progress value of all key groups; {@link Long#MIN_VALUE} if a key group has
   * none yet.
   *
   * @param groups the number of key groups
   * @throws Exception if the store does not answer
   */
  default long lowest(int groups) throws Exception {
    return Long.MIN_VALUE;
  }

  /**
   * Returns the GTID set of each progress value between two versions, both exclusive.
   *
   * @throws Exception if the store does not answer; the job then restarts
   */
  default List<String> gtidsBetween(long above, long below) throws Exception {
    return List.of();
  }

  /**
   * Returns the views to rebuild from state. Removes the requests of the running rebuild if it is
   * complete.
   *
   * @param running version of the running rebuild, or 0
   * @throws Exception if the store does not answer
   */
  default Wanted rebuilds(long running) throws Exception {
    return Wanted.NOTHING;
  }

  /**
   * Releases what calls have left open; a later call opens it again.
   *
   * @throws Exception if the store does not answer
   */
  default void close() throws Exception {}

  /**
   * The requested rebuilds.
   *
   * @param views the names of the views to rebuild
   * @param done whether the running rebuild is complete in all key groups of the store
   */
  record Wanted(List<String> views, boolean done) {
    public static final Wanted NOTHING = new Wanted(List.of(), false);
  }

  /**
   * Waits until the store contains everything up to a version, then returns the root rows that it
   * has under view keys.
   *
   * @param keys view keys, each preceded by its view's name
   * @return the keys of the root rows in the job's plan
   * @throws Exception if the store does not answer, or does not reach the version within some
   *     seconds
   */
  Set<Key> roots(JobPlan plan, Collection<Key> keys, long version) throws Exception;
}
