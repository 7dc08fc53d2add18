package dev.freshet.flow.log;

import dev.freshet.view.Key;
import java.util.Arrays;
import java.util.Objects;

/**
 * The input of a node: an event from capture, or a part from a child node. Events are ordered by
 * {@link #version()}, then {@link #order()}. Immutable.
 */
public sealed interface Event {
  /** The row that receives the event: the node's number, then the primary key. */
  Key key();

  /**
   * For a change, the position at which its transaction begins; for a part, the watermark of the
   * step that sent it.
   */
  long version();

  /** The position within the version. Parts come after all changes. */
  long order();

  /**
   * A row was inserted, changed or deleted.
   *
   * @param row the node's columns; null if the row was deleted; for poison, those that can be read
   * @param poison why the row cannot be used; null if it can
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

    /** A change without poison. */
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
   * A row of the parent node begins or ceases to point at this row.
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
   * A failed change is retried, if the row still has the marker of that failure.
   *
   * @param of the attempt that failed
   * @param read whether {@code row} was read from MySQL as of {@code version}; otherwise the node
   *     retries with the row that it holds
   * @param row the row in MySQL; null if it does not exist, or was not read
   * @param poison why the row that was read cannot be used; null if it can. With a null {@code
   *     row}: the row exists, but MySQL cannot return it
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
   * A row that this row references by a foreign key was deleted, and MySQL carried out the key's
   * action. Capture sends the same event to the deleted row itself, which passes it on to the rows
   * that reference it.
   *
   * @param deleted the deleted row; the same as {@code key} if it is this row
   */
  record Cascade(Key key, long version, long order, Key deleted) implements Event {
    public Cascade {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(deleted, "deleted");
      check(version, order);
    }
  }

  /**
   * A row is repaired: the row in MySQL as of {@code version} replaces the node's row, or the node
   * keeps its row. In both cases the node drops the parts of the rows that this row points at,
   * because they are sent again for its new subscriptions, and a root emits its entry again.
   *
   * @param read whether {@code row} was read from MySQL
   * @param row if it was read: the row in MySQL, or null if it does not exist. Otherwise: the row
   *     that capture saw last, by which it made the subscriptions. After poison, or after a retry
   *     that the node refused, this row may point elsewhere than the node's row; those parts are
   *     not sent again
   * @param poison why the row that was read cannot be used; null if it can. With a null {@code
   *     row}: the row exists, but MySQL cannot return it
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
   * A root node emits the entries of all its rows again. Each of its subtasks gets at least one
   * such event for each of its key groups, all in one step.
   *
   * @param key the node's number, and a value that routes the event to the key group; not the key
   *     of a row
   */
  record Rebuild(Key key, long version, long order) implements Event {
    public Rebuild {
      Objects.requireNonNull(key, "key");
      check(version, order);
    }
  }

  /**
   * An attempt to handle a change.
   *
   * @param version the version of the change
   * @param order the order of the change
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
   * The composite of a row of a child node, sent to a row that points at it.
   *
   * @param child the child's row: its node's number, then its primary key
   * @param value the child's row and parts; {@link Composite#MISSING} if the row does not exist
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
