package dev.freshet.flow.capture;

import java.io.Serializable;
import java.util.List;

/** Reads, where the job runs, what the store holds of it. */
public interface StoreProgress extends Serializable {
  /** A store without anything in it. */
  StoreProgress NONE = version -> List.of();

  /**
   * The progress values in the store above a version, in any order. They may come from an attempt
   * that got further than the checkpoint it is restored from.
   *
   * @throws Exception when the store does not answer; the job then starts again
   */
  List<Long> above(long version) throws Exception;
}
