package dev.freshet.reader.share;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits what each principal uses at the same time; a {@link Principal.Kind#SOLE sole} principal is
 * not limited. Does not limit the total. Thread-safe; no method blocks.
 */
public final class Quota {
  private final int total;
  private final Shares shares;
  private final Map<Principal, Integer> used = new ConcurrentHashMap<>();

  /**
   * Creates a quota of which nothing is used.
   *
   * @param total the number of units; {@code shares} are parts of it
   */
  public Quota(int total, Shares shares) {
    this.total = total;
    this.shares = shares;
  }

  /**
   * Takes a unit; returns false if the principal already uses its share. After true the caller must
   * {@link #release} the unit.
   */
  public boolean take(Principal principal) {
    if (principal.kind() == Principal.Kind.SOLE) {
      return true;
    }
    int most = of(principal);
    boolean[] taken = new boolean[1];
    used.compute(
        principal,
        (key, before) -> {
          int count = before == null ? 0 : before;
          taken[0] = count < most;
          return taken[0] ? Integer.valueOf(count + 1) : before;
        });
    return taken[0];
  }

  /** Returns a unit to the quota. */
  public void release(Principal principal) {
    used.computeIfPresent(principal, (key, count) -> count == 1 ? null : count - 1);
  }

  /** Returns the number of units that a principal may use at the same time. */
  public int of(Principal principal) {
    return shares.of(principal, total);
  }
}
