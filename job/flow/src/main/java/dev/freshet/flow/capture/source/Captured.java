package dev.freshet.flow.capture.source;

import dev.freshet.flow.log.Poison;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import java.util.Arrays;
import java.util.Objects;

/**
 * The records that the source sends to capture, in the order of the log: the snapshot rows, then
 * {@link SnapshotDone}, then the binlog's changes with a {@link Boundary} after each transaction.
 */
public sealed interface Captured {

  /**
   * A change of a row. The arrays have one element for each node of the table.
   *
   * @param table index of the table in {@link Tables}
   * @param version the position at which the transaction begins; {@link Version#NONE} for a
   *     snapshot row
   * @param before the old row with each node's columns; null for an insert
   * @param after the new row with each node's columns; null for a delete
   * @param actsOnOthers whether foreign keys were checked, so that a deletion was carried on to the
   *     rows that reference the row
   * @param poisonBefore why a node cannot use the old row; null if every node can use it
   * @param poisonAfter why a node cannot use the new row; null if every node can use it
   */
  record Change(
      int table,
      long version,
      Object[][] before,
      Object[][] after,
      boolean actsOnOthers,
      Poison[] poisonBefore,
      Poison[] poisonAfter)
      implements Captured {
    public Change {
      if (before == null && after == null) {
        throw new IllegalArgumentException(
            "a change must have the row before it, the row after it, or both");
      }
      if (version < 0) {
        throw new IllegalArgumentException("version " + version + " is below 0");
      }
    }

    /** Creates a change without poison. */
    public Change(int table, long version, Object[][] before, Object[][] after) {
      this(table, version, before, after, true, null, null);
    }

    boolean isUpdate() {
      return before != null && after != null;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Change that
          && table == that.table
          && version == that.version
          && Arrays.deepEquals(before, that.before)
          && Arrays.deepEquals(after, that.after)
          && actsOnOthers == that.actsOnOthers
          && Arrays.equals(poisonBefore, that.poisonBefore)
          && Arrays.equals(poisonAfter, that.poisonAfter);
    }

    @Override
    public int hashCode() {
      return Objects.hash(table, version);
    }

    @Override
    public String toString() {
      return "Change of table "
          + table
          + " at "
          + Version.print(version)
          + ": "
          + Arrays.deepToString(before)
          + " -> "
          + Arrays.deepToString(after);
    }
  }

  /**
   * A view can no longer be maintained.
   *
   * @param view index of the view in the job's plan
   * @param version the view is invalid from the first transaction end at or after this position
   * @param message what happened, where, and what to do
   */
  record LostView(int view, long version, Reason reason, String message) implements Captured {
    public LostView {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * A transaction end: all changes below this position have been sent.
   *
   * @param version the position at which a transaction, or a group of events without rows, ends
   * @param gtids the executed GTID set at this position
   */
  record Boundary(long version, String gtids) implements Captured {
    public Boundary {
      Objects.requireNonNull(gtids, "gtids");
      if (version <= 0) {
        throw new IllegalArgumentException("a boundary at " + version);
      }
    }
  }

  /**
   * The snapshot is complete. Sent again, with a later position, after a restore.
   *
   * @param highest a position that is not before the read of any chunk
   */
  record SnapshotDone(long highest) implements Captured {
    public SnapshotDone {
      if (highest < 0) {
        throw new IllegalArgumentException("a snapshot at " + highest);
      }
    }
  }

  /**
   * The following records come from this server's binlog. Sent for every connection.
   *
   * @param id MySQL's {@code server_uuid}
   * @param epoch the epoch of the following versions
   * @param moved whether the source moved to this server and no checkpoint contains the move yet
   * @param executed the server's executed GTIDs when the connection was opened
   */
  record Server(String id, int epoch, boolean moved, String executed) implements Captured {
    public Server {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(executed, "executed");
    }
  }

  /** The end of a batch: all records that were available have been sent. */
  record BatchEnd() implements Captured {
    public static final BatchEnd INSTANCE = new BatchEnd();
  }
}
