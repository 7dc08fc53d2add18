package dev.freshet.cli.repair;

/**
 * How far a run is, or how it ended.
 *
 * @param asked keys that the job was asked for
 * @param valid that are repaired
 * @param stillInvalid that were repaired and are not valid all the same
 * @param unheard of which nothing was heard in time
 * @param gaveUp whether keys were left out because nothing was heard of so many
 */
public record Counts(long asked, long valid, long stillInvalid, long unheard, boolean gaveUp) {
  /** Those of which something is to be heard yet. */
  public long open() {
    return asked - valid - stillInvalid - unheard;
  }

  /** In one line. */
  public String print() {
    return "asked for %,d keys: %,d VALID, %,d still INVALID, %,d not heard of, %,d open"
        .formatted(asked, valid, stillInvalid, unheard, open());
  }
}
