package dev.freshet.flow.binlog;

import java.util.Objects;

/**
 * Replaces a value in a row that could not be decoded exactly.
 *
 * @param why the reason in one sentence, without the column's name
 */
public record Unreadable(String why) {
  public Unreadable {
    Objects.requireNonNull(why, "why");
  }

  /** A value whose decoding failed with an exception. */
  public static Unreadable of(RuntimeException failure) {
    return new Unreadable(String.valueOf(failure.getMessage()));
  }
}
