package dev.freshet.store;

/**
 * How changes of a view ended.
 *
 * @param applied changes that took effect
 * @param superseded changes that failed and were overtaken by a newer version of their row
 * @param waiting changes that failed and will be tried again
 * @param dead changes that failed for good
 * @param entries that cannot be made, though their rows are sound
 */
public record ChangeCounts(long applied, long superseded, long waiting, long dead, long entries) {
  public static final ChangeCounts NONE = new ChangeCounts(0, 0, 0, 0, 0);
}
