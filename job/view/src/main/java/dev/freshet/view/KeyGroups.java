package dev.freshet.view;

/**
 * Computes the key group of a key exactly as Flink does ({@code KeyGroupRangeAssignment}). The
 * reader, which does not depend on Flink, needs it to find the progress of a key's range.
 */
public final class KeyGroups {
  private KeyGroups() {}

  /**
   * The key group of a key.
   *
   * @param groups the job's maximal parallelism
   * @return 0 to groups − 1
   */
  public static int of(Key key, int groups) {
    return murmur(key.hashCode()) % groups;
  }

  /** MurmurHash3 of one int, made non-negative, as in Flink's {@code MathUtils}. */
  private static int murmur(int code) {
    code *= 0xcc9e2d51;
    code = Integer.rotateLeft(code, 15);
    code *= 0x1b873593;
    code = Integer.rotateLeft(code, 13);
    code = code * 5 + 0xe6546b64;
    code ^= 4;
    code ^= code >>> 16;
    code *= 0x85ebca6b;
    code ^= code >>> 13;
    code *= 0xc2b2ae35;
    code ^= code >>> 16;
    if (code >= 0) {
      return code;
    }
    return code == Integer.MIN_VALUE ? 0 : -code;
  }
}
