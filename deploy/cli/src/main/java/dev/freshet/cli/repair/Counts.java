package dev.freshet.cli.repair;

/**
 * The progress or the result of a run.
 *
 * @param asked the number of requested keys
 * @param valid the number of keys that are valid after the repair
 * @param stillInvalid the number of keys that are still invalid after the repair
 * @param withoutResult the number of keys without a result in time
 * @param gaveUp whether the run stopped requesting keys because too many had no result
 */
public record Counts(
    long asked, long valid, long stillInvalid, long withoutResult, boolean gaveUp) {
  /** Returns the number of keys whose result is still awaited. */
  public long open() {
    return asked - valid - stillInvalid - withoutResult;
  }

  /** Returns the counts in one line. */
  public String print() {
    return "requested %,d keys: %,d VALID, %,d still INVALID, %,d without a result, %,d open"
        .formatted(asked, valid, stillInvalid, withoutResult, open());
  }
}
