package dev.freshet.flow.log;

import dev.freshet.view.Reason;
import java.util.Objects;

/**
 * Replaces a row that cannot be used, such as one with a NUL character. Nodes pass it on like a
 * value, and every entry that needs the row holds the poison.
 *
 * @param reason why the row cannot be used
 * @param placed whether the row's primary key, join columns and key columns can be read
 *     nevertheless, so that the affected keys are known
 * @param message says for people what is wrong; at most {@value #MESSAGE_LENGTH} characters
 */
public record Poison(Reason reason, boolean placed, String message) {
  private static final int MESSAGE_LENGTH = 300;

  public Poison {
    Objects.requireNonNull(reason, "reason");
    if (message.length() > MESSAGE_LENGTH) {
      message = message.substring(0, MESSAGE_LENGTH);
    }
  }

  /** The poison for an unexpected exception. */
  public static Poison of(RuntimeException e) {
    return new Poison(Reason.FAILED, true, String.valueOf(e));
  }
}
