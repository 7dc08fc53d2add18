package dev.freshet.flow.log;

import dev.freshet.view.Reason;
import java.util.Objects;

/**
 * What takes the place of a row that cannot be used. It flows on like a value; entries that need
 * the row hold it.
 *
 * @param reason what is wrong
 * @param placed whether the row's primary key, join columns and key columns can be read all the
 *     same, so that it is known whom the row touches
 * @param message for people; at most {@value #MESSAGE_LENGTH} characters
 */
public record Poison(Reason reason, boolean placed, String message) {
  private static final int MESSAGE_LENGTH = 300;

  public Poison {
    Objects.requireNonNull(reason, "reason");
    if (message.length() > MESSAGE_LENGTH) {
      message = message.substring(0, MESSAGE_LENGTH);
    }
  }

  /** Of an exception that nobody foresaw. */
  public static Poison of(RuntimeException e) {
    return new Poison(Reason.FAILED, true, String.valueOf(e));
  }
}
