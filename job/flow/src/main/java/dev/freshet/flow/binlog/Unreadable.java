package dev.freshet.flow.binlog;

import java.util.Objects;

/**
 * Stands in a row in the place of a value that could not be read exactly.
 *
 * @param why in one sentence, without the column's name
 */
public record Unreadable(String why) {
  public Unreadable {
    Objects.requireNonNull(why, "why");
  }

  /** A value whose reading failed. */
  public static Unreadable of(RuntimeException failure) {
    return new Unreadable(String.valueOf(failure.getMessage()));
  }
}
