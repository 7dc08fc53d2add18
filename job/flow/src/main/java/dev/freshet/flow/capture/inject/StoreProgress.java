package dev.freshet.flow.capture.inject;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Reads, where the job runs, what the store holds of it. */
public interface StoreProgress extends Serializable {
  /** A store without anything in it. */
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
   * The progress values in the store above a version, in any order. They may come from an attempt
   * that got further than the checkpoint it is restored from.
   *
   * @throws Exception when the store does not answer; the job then starts again
   */
  List<Long> above(long version) throws Exception;

  /**
   * Up to where all key groups are in the store; below any version as long as one is not.
   *
   * @param groups how many there are
   * @throws Exception when the store does not answer
   */
  default long lowest(int groups) throws Exception {
    return Long.MIN_VALUE;
  }

  /**
   * The GTIDs of the progress values between two versions, without them: one set for each value.
   *
   * @throws Exception when the store does not answer; the job then starts again
   */
  default List<String> gtidsBetween(long above, long below) throws Exception {
    return List.of();
  }

  /**
   * The views that are to be rebuilt from state; those of a rebuild that is done are so no longer.
   *
   * @param running version of the rebuild under way, or 0
   * @throws Exception when the store does not answer
   */
  default Wanted rebuilds(long running) throws Exception {
    return Wanted.NOTHING;
  }

  /**
   * What is to be rebuilt.
   *
   * @param views their names
   * @param done whether the rebuild that was asked about is in the whole store
   */
  record Wanted(List<String> views, boolean done) {
    public static final Wanted NOTHING = new Wanted(List.of(), false);
  }

  /**
   * The root rows that the store shows under view keys, once it holds everything up to a version.
   *
   * @param keys with their view's name in front
   * @return the job's keys of the rows
   * @throws Exception when the store does not answer, or does not come so far in some seconds
   */
  Set<Key> roots(JobPlan plan, Collection<Key> keys, long version) throws Exception;
}
