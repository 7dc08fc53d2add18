package dev.freshet.check;

import java.util.Comparator;
import java.util.Objects;

/**
 * One unread conversation in an answer.
 *
 * @param conversation the id
 * @param lastMessageAt microseconds since 1970, without a time zone
 * @param name the counterpart's name; null if there is none
 * @param image the counterpart's image; null if there is none
 */
public record Entry(long conversation, long lastMessageAt, String name, String image)
    implements Comparable<Entry> {
  private static final Comparator<Entry> ORDER =
      Comparator.comparingLong(Entry::lastMessageAt)
          .reversed()
          .thenComparingLong(Entry::conversation);

  /** Compares in the view's order: newest first, then by conversation. */
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
