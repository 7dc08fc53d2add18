package dev.freshet.view;

import java.util.Arrays;

/**
 * Why a row cannot be used, and with it why a key or a view is not valid. The wire names stand in
 * topics, in the store and in answers; they never change.
 */
public enum Reason {
  /** A value that the source holds cannot be read, such as a date that is in no calendar. */
  UNREADABLE("unreadable-value", true),

  /** A value that the store cannot hold, such as a text with a NUL character. */
  UNSTORABLE("unstorable-value", true),

  /** A value is larger than the job takes. */
  TOO_LARGE("too-large", true),

  /** Handling the row failed in a way that nobody foresaw. */
  FAILED("handling-failed", false),

  /** A change cannot be placed: its key, or a column that joins or keys it, cannot be read. */
  UNPLACEABLE("unplaceable-change", true),

  /**
   * A statement made the rows of a source table others without telling which, or its columns are no
   * longer those that the view was made for.
   */
  SCHEMA_CHANGED("schema-changed", true),

  /** A source table was written in a way that the binlog does not tell row by row, such as XA's. */
  UNTOLD_WRITE("untold-write", true),

  /** Somebody asked for the key not to be served until it is repaired. */
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

  /** Whether the same bytes fail in the same way every time. */
  public boolean isPermanent() {
    return permanent;
  }

  /**
   * The reason of a wire name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Reason of(String wireName) {
    return Arrays.stream(values())
        .filter(reason -> reason.wireName.equals(wireName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown reason '" + wireName + "'"));
  }
}
