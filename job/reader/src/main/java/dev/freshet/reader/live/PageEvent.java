package dev.freshet.reader.live;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An event for the clients of a page: an answer or a doubt. It is encoded once, when the first
 * client takes it.
 *
 * <p>Created by the thread that reads the pages.
 */
final class PageEvent {
  private final long edition;
  private final Optional<Long> version;
  private final Supplier<byte[]> text;
  private byte[] made;

  /**
   * Creates an event.
   *
   * @param edition a number; two events of a page have the same number if they say the same
   * @param version the version of an answer; empty for a doubt
   * @param text encodes the event
   */
  PageEvent(long edition, Optional<Long> version, Supplier<byte[]> text) {
    this.edition = edition;
    this.version = Objects.requireNonNull(version, "version");
    this.text = Objects.requireNonNull(text, "text");
  }

  long edition() {
    return edition;
  }

  Optional<Long> version() {
    return version;
  }

  /** Returns the encoded event; all clients share this array. */
  byte[] text() {
    if (made == null) {
      made = text.get();
    }
    return made;
  }
}
