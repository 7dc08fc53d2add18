package dev.freshet.view.gtid;

import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * A sequence of transaction numbers: that of a server's untagged transactions, or of one of its
 * tags. Ordered as in MySQL: by the bytes of the UUID, then by the tag; the untagged sequence comes
 * first.
 *
 * @param tag the tag in lower case; empty for untagged transactions
 */
record GtidSource(UUID server, String tag) implements Comparable<GtidSource> {
  private static final int MOST_LENGTH = 32;
  private static final Comparator<GtidSource> ORDER =
      Comparator.<GtidSource>comparingLong(
              source -> source.server.getMostSignificantBits() + Long.MIN_VALUE)
          .thenComparingLong(source -> source.server.getLeastSignificantBits() + Long.MIN_VALUE)
          .thenComparing(GtidSource::tag);

  GtidSource {
    Objects.requireNonNull(server);
    tag = tag.toLowerCase(Locale.ROOT);
    if (!tag.isEmpty() && !isTag(tag)) {
      throw new IllegalArgumentException(
          "GTID tag '"
              + tag
              + "': write a letter or _, then letters, digits and _, at most 32 characters");
    }
  }

  /** Whether a lower-case text is a valid tag. */
  static boolean isTag(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= MOST_LENGTH;
  }

  boolean isTagged() {
    return !tag.isEmpty();
  }

  @Override
  public int compareTo(GtidSource other) {
    return ORDER.compare(this, other);
  }
}
