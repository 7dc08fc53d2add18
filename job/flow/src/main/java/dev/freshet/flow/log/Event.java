package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a node receives: a change or a subscription from capture, or a part from a node below it.
 * Events are ordered by {@link #version()}, then {@link #order()}.
 */
public sealed interface Event {
  /** The row it is for: the node's number, then the primary key. */
  Key key();

  /** Of a change: where its transaction begins; of a part: the watermark of the step it ends. */
  long version();

  /** The place inside the version. Parts come after all changes. */
  long order();

  /**
   * A row has new contents, or is gone.
   *
   * @param row the node's columns; null when the row was deleted
   */
  record RowChange(Key key, long version, long order, Object[] row) implements Event {
    public RowChange {
      Objects.requireNonNull(key, "key");
      check(version, order);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof RowChange that
          && key.equals(that.key)
          && version == that.version
          && order == that.order
          && Arrays.deepEquals(row, that.row);
    }

    @Override
    public int hashCode() {
      return Objects.hash(key, version, order);
    }

    @Override
    public String toString() {
      return "RowChange" + key + "@" + version + "." + order + "=" + Arrays.deepToString(row);
    }
  }

  /**
   * A row of the parent node points here from now on, or no longer does.
   *
   * @param subscriber the parent's row
   */
  record Subscription(Key key, long version, long order, Key subscriber, boolean on)
      implements Event {
    public Subscription {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(subscriber, "subscriber");
      check(version, order);
    }
  }

  /**
   * What a row of a child node shows, for one row that points at it.
   *
   * @param child the child's row: its node's number, then its primary key
   * @param value its row and parts; {@link Composite#MISSING} when there is no row
   */
  record Part(Key key, long version, Key child, Composite value) implements Event {
    public Part {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(child, "child");
      Objects.requireNonNull(value, "value");
      check(version, Long.MAX_VALUE);
    }

    @Override
    public long order() {
      return Long.MAX_VALUE;
    }
  }

  private static void check(long version, long order) {
    if (version < 0 || order < 0) {
      throw new IllegalArgumentException("version " + version + ", order " + order + " below 0");
    }
  }
}
