package dev.freshet.flow.capture.source;

import dev.freshet.flow.log.Poison;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import java.util.Arrays;
import java.util.Objects;

/**
 * What the source tells capture, in the order of the log: snapshot rows first, then {@link
 * SnapshotDone}, then the binlog's changes with a {@link Boundary} after each transaction.
 */
public sealed interface Captured {

  /**
   * A row changed.
   *
   * @param table place of its table in {@link Tables}
   * @param version where its transaction begins; {@link Version#NONE} for a snapshot row
   * @param before its old contents as each node over the table sees them; null when it is new
   * @param after its new contents likewise; null when it was deleted
   * @param poisonBefore what each node could not use of the old contents; null when nothing
   * @param poisonAfter likewise of the new contents
   */
  record Change(
      int table,
      long version,
      Object[][] before,
      Object[][] after,
      Poison[] poisonBefore,
      Poison[] poisonAfter)
      implements Captured {
    public Change {
      if (before == null && after == null) {
        throw new IllegalArgumentException("a change has no row before and none after it");
      }
      if (version < 0) {
        throw new IllegalArgumentException("version " + version + " is below 0");
      }
    }

    /** A change that can be used. */
    public Change(int table, long version, Object[][] before, Object[][] after) {
      this(table, version, before, after, null, null);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Change that
          && table == that.table
          && version == that.version
          && Arrays.deepEquals(before, that.before)
          && Arrays.deepEquals(after, that.after)
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
   * A view cannot follow the source any longer.
   *
   * @param view place of the view in the job's plan
   * @param version the first place between transactions at or beyond it is where that shows
   * @param message says what happened, where, and what to do
   */
  record LostView(int view, long version, Reason reason, String message) implements Captured {
    public LostView {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * Everything below this place was told.
   *
   * @param version a place between transactions: the end of one, or of a group without rows
   * @param gtids the executed GTID set there
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
   * The snapshot is complete; told again, with a later place, after a restore.
   *
   * @param highest no chunk of it was read at a later place
   */
  record SnapshotDone(long highest) implements Captured {
    public SnapshotDone {
      if (highest < 0) {
        throw new IllegalArgumentException("a snapshot at " + highest);
      }
    }
  }

  /**
   * What follows comes from this server's binlog; told for every connection.
   *
   * @param id MySQL's {@code server_uuid}
   * @param epoch of the versions that follow
   * @param moved whether no checkpoint can know yet that the source moved here
   * @param executed its executed GTIDs when the connection was made
   */
  record Server(String id, int epoch, boolean moved, String executed) implements Captured {
    public Server {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(executed, "executed");
    }
  }

  /** All that was there to read was told. */
  record BatchEnd() implements Captured {
    public static final BatchEnd INSTANCE = new BatchEnd();
  }
}
