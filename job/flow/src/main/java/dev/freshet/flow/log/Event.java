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
   * @param row the node's columns; null when the row was deleted; of poison those that can be read
   * @param poison why the row cannot be used; null when it can
   */
  record RowChange(Key key, long version, long order, Object[] row, Poison poison)
      implements Event {
    public RowChange {
      Objects.requireNonNull(key, "key");
      check(version, order);
      if (poison != null) {
        Objects.requireNonNull(row, "row");
      }
    }

    /** A change that can be used. */
    public RowChange(Key key, long version, long order, Object[] row) {
      this(key, version, order, row, null);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof RowChange that
          && key.equals(that.key)
          && version == that.version
          && order == that.order
          && Arrays.deepEquals(row, that.row)
          && Objects.equals(poison, that.poison);
    }

    @Override
    public int hashCode() {
      return Objects.hash(key, version, order);
    }

    @Override
    public String toString() {
      return "RowChange"
          + key
          + ("@" + version + "." + order + "=")
          + Arrays.deepToString(row)
          + (poison == null ? "" : poison);
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
   * What failed is tried again, where its own marker still stands.
   *
   * @param of what is tried again
   * @param read whether MySQL was asked for the row as it is at {@code version}; otherwise the node
   *     takes what it holds
   * @param row what MySQL answered; null when there is no such row, or MySQL was not asked
   * @param poison why what MySQL answered cannot be used; null when it can. Without a row: MySQL
   *     has it and does not give it
   */
  record Retry(
      Key key, long version, long order, Attempt of, boolean read, Object[] row, Poison poison)
      implements Event {
    public Retry {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(of, "of");
      check(version, order);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Retry that
          && key.equals(that.key)
          && version == that.version
          && order == that.order
          && of.equals(that.of)
          && read == that.read
          && Arrays.deepEquals(row, that.row)
          && Objects.equals(poison, that.poison);
    }

    @Override
    public int hashCode() {
      return Objects.hash(key, version, order, of);
    }

    @Override
    public String toString() {
      return "Retry" + key + "@" + version + "." + order + " of " + of;
    }
  }

  /**
   * A row is put right: what MySQL holds at {@code version} takes the place of what the node holds,
   * or the node goes by what it holds. Either way it forgets the parts of the rows it points at,
   * which come again with its subscriptions, and a root says its entry again.
   *
   * @param read whether MySQL was asked for the row
   * @param row what MySQL answered; null when there is no such row. When MySQL was not asked, the
   *     row that capture saw last, by which its subscriptions were made: of poison, or of a retry
   *     that the node did not take, it may point elsewhere than the row that the node holds, and
   *     those parts do not come again
   * @param poison why what MySQL answered cannot be used; null when it can. Without a row: MySQL
   *     has it and does not give it
   */
  record Repair(Key key, long version, long order, boolean read, Object[] row, Poison poison)
      implements Event {
    public Repair {
      Objects.requireNonNull(key, "key");
      check(version, order);
      if (!read && poison != null) {
        throw new IllegalArgumentException("poison of a row that MySQL was not asked for");
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Repair that
          && key.equals(that.key)
          && version == that.version
          && order == that.order
          && read == that.read
          && Arrays.deepEquals(row, that.row)
          && Objects.equals(poison, that.poison);
    }

    @Override
    public int hashCode() {
      return Objects.hash(key, version, order);
    }

    @Override
    public String toString() {
      return "Repair"
          + key
          + ("@" + version + "." + order + "=")
          + (read ? Arrays.deepToString(row) : "as held")
          + (poison == null ? "" : poison);
    }
  }

  /**
   * A root node sends the entries of all its rows again. Each of its subtasks gets one such event
   * for each of its key groups at least, all in one step.
   *
   * @param key the node's number, and what brings the event to the key group; it names no row
   */
  record Rebuild(Key key, long version, long order) implements Event {
    public Rebuild {
      Objects.requireNonNull(key, "key");
      check(version, order);
    }
  }

  /**
   * One attempt of handling a change.
   *
   * @param version of the change that failed
   * @param order of the change that failed
   * @param number 1 for the first handling
   */
  record Attempt(long version, long order, int number) {
    public Attempt {
      check(version, order);
      if (number < 1) {
        throw new IllegalArgumentException("attempt " + number);
      }
    }

    public Attempt next() {
      return new Attempt(version, order, number + 1);
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
