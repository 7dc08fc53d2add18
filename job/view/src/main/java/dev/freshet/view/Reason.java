package dev.freshet.view;

import java.util.Arrays;

/**
 * Why a row cannot be used, and therefore why a key or a view is invalid. The wire names are in
 * Kafka messages, in the store and in answers, and never change.
 */
public enum Reason {
  /** A value in the source cannot be read, such as a date that no calendar has. */
  UNREADABLE("unreadable-value", true),

  /** The store cannot hold a value, such as a text with a NUL character. */
  UNSTORABLE("unstorable-value", true),

  /** A value is larger than the job's limit. */
  TOO_LARGE("too-large", true),

  /** Handling the row failed with an unexpected exception. */
  FAILED("handling-failed", false),

  /**
   * It is unknown which keys a change affects, because its primary key, or a column of a join or of
   * the view's key, cannot be read.
   */
  UNPLACEABLE("unplaceable-change", true),

  /**
   * A statement changed rows of a source table without logging them, or changed a column that the
   * view uses.
   */
  SCHEMA_CHANGED("schema-changed", true),

  /**
   * A source table was written in a way that the binlog does not log as rows of a committed
   * transaction, such as by XA.
   */
  UNTOLD_WRITE("untold-write", true),

  /** An operator asked that the key is not served until it is repaired. */
  INVALIDATED("invalidated", true);

  private final String wireName;
  private final boolean permanent;

  Reason(String wireName, boolean permanent) {
    this.wireName = wireName;
    this.permanent = permanent;
  }

  public String wireName() {
    return wireName;
  }

  /** Whether another attempt with the same bytes would fail again. */
  public boolean isPermanent() {
    return permanent;
  }

  /**
   * The reason with a wire name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Reason of(String wireName) {
    return Arrays.stream(values())
        .filter(reason -> reason.wireName.equals(wireName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown reason '" + wireName + "'"));
  }
}
