package dev.freshet.view.gtid;

import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What numbers transactions: a server, and a tag of it. Each tag of a server has numbers of its
 * own. Ordered as MySQL orders: by the bytes of the UUID, then by the tag; no tag comes first.
 *
 * @param tag in lower case; empty for transactions without a tag
 */
record GtidSource(UUID server, String tag) implements Comparable<GtidSource> {
  private static final Pattern TAG = Pattern.compile("[a-z_][a-z0-9_]{0,31}");
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

  /** Whether a text in lower case can be a tag. */
  static boolean isTag(String text) {
    return TAG.matcher(text).matches();
  }

  boolean isTagged() {
    return !tag.isEmpty();
  }

  @Override
  public int compareTo(GtidSource other) {
    return ORDER.compare(this, other);
  }
}
