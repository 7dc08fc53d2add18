package dev.freshet.store;

/**
 * How many changes of a view's source rows ended in which way.
 *
 * @param applied changes that took effect
 * @param superseded changes that failed before a newer version of their row replaced them
 * @param waiting changes that failed and will be retried
 * @param dead changes that failed for good
 * @param entries entries that cannot be computed although all their rows can be used
 */
public record ChangeCounts(long applied, long superseded, long waiting, long dead, long entries) {
  public static final ChangeCounts NONE = new ChangeCounts(0, 0, 0, 0, 0);
}
