package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Arrays;
import java.util.Objects;

/**
 * A row could not be handled, or a dead row is no longer dead.
 *
 * @param key the row: the node's number, then the primary key
 * @param of the failed attempt
 * @param poison what is wrong
 * @param next what follows
 * @param at when the attempt failed, in milliseconds since the epoch
 * @param due the time at which {@code next} is due, in milliseconds since the epoch
 * @param row the values of the row that could be read; null if none could
 */
public record Failure(
    Key key, Event.Attempt of, Poison poison, Next next, long at, long due, Object[] row) {

  /** What follows a failure. */
  public enum Next {
    /** The node retries with the row that it holds. */
    RETRY(1, "retry"),
    /** The job reads the row from MySQL. */
    READ(2, "read"),
    /** The row is given up. */
    DEAD(3, "dead"),
    /** A dead row succeeded with a newer version or a retry. */
    RESOLVED(4, "resolved");

    private final byte wire;
    private final String wireName;

    Next(int wire, String wireName) {
      this.wire = (byte) wire;
      this.wireName = wireName;
    }

    /** The name in messages; never changes. */
    public String wireName() {
      return wireName;
    }

    /** The number in state; never changes. */
    public byte wire() {
      return wire;
    }

    /** The constant with a number in state. */
    public static Next of(byte wire) {
      for (Next next : values()) {
        if (next.wire == wire) {
          return next;
        }
      }
      throw new IllegalArgumentException("unknown number of Next: " + wire);
    }
  }

  public Failure {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(of, "of");
    Objects.requireNonNull(poison, "poison");
    Objects.requireNonNull(next, "next");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Failure that
        && key.equals(that.key)
        && of.equals(that.of)
        && poison.equals(that.poison)
        && next == that.next
        && at == that.at
        && due == that.due
        && Arrays.deepEquals(row, that.row);
  }

  @Override
  public int hashCode() {
    return Objects.hash(key, of, next);
  }

  @Override
  public String toString() {
    return next + " " + key + " " + of + " " + poison + " " + Arrays.deepToString(row);
  }
}
