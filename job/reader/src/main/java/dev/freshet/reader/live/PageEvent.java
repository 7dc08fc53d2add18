package dev.freshet.reader.live;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What those who watch a page are told: an answer, or a doubt. Its text is made when the first of
 * them takes it, once for all.
 *
 * <p>Used by the one thread that looks.
 */
final class PageEvent {
  private final long edition;
  private final Optional<Long> version;
  private final Supplier<byte[]> text;
  private byte[] made;

  /**
   * Something to tell.
   *
   * @param edition the same as that of another with the same meaning, of the same page
   * @param version of an answer; a doubt has none
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

  /** The bytes themselves, not a copy: all who are told share them. */
  byte[] text() {
    if (made == null) {
      made = text.get();
    }
    return made;
  }
}
