package dev.freshet.check;

import java.util.Comparator;
import java.util.Objects;

/**
 * One unread conversation as an answer shows it.
 *
 * @param lastMessageAt microseconds since 1970, without a zone
 * @param name the counterpart's, null when there is none
 * @param image the counterpart's, null when there is none
 */
public record Entry(long conversation, long lastMessageAt, String name, String image)
    implements Comparable<Entry> {
  private static final Comparator<Entry> ORDER =
      Comparator.comparingLong(Entry::lastMessageAt)
          .reversed()
          .thenComparingLong(Entry::conversation);

  /** The view's order: newest first, then by conversation. */
  @Override
  public int compareTo(Entry other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry entry
        && conversation == entry.conversation
        && lastMessageAt == entry.lastMessageAt
        && Objects.equals(name, entry.name)
        && Objects.equals(image, entry.image);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(conversation * 31 + lastMessageAt);
  }
}
