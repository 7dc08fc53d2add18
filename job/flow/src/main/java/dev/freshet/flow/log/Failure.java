package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Arrays;
import java.util.Objects;

/**
 * A row that could not be handled, or one that was dead and is so no longer.
 *
 * @param key the row: the node's number, then the primary key
 * @param of the failed change and how often it was tried
 * @param poison what is wrong
 * @param next what is to happen
 * @param at when it failed, in milliseconds of the wall clock
 * @param due when {@code next} is to happen, likewise
 * @param row what could be read of the row; null when nothing is
 */
public record Failure(
    Key key, Event.Attempt of, Poison poison, Next next, long at, long due, Object[] row) {

  /** What becomes of a failure. */
  public enum Next {
    /** The node tries again what it holds. */
    RETRY(1, "retry"),
    /** MySQL is asked for the row. */
    READ(2, "read"),
    /** Nothing more is tried. */
    DEAD(3, "dead"),
    /** It was dead; a newer version or a retry succeeded. */
    RESOLVED(4, "resolved");

    private final byte wire;
    private final String wireName;

    Next(int wire, String wireName) {
      this.wire = (byte) wire;
      this.wireName = wireName;
    }

    /** The name in messages. */
    public String wireName() {
      return wireName;
    }

    /** The number in state. */
    public byte wire() {
      return wire;
    }

    /** The one of a number in state. */
    public static Next of(byte wire) {
      for (Next next : values()) {
        if (next.wire == wire) {
          return next;
        }
      }
      throw new IllegalArgumentException("no such next " + wire);
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
