package dev.freshet.store;

import dev.freshet.view.Key;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Locale;

/**
 * A notification that a writer sends through Postgres ({@code pg_notify}): which keys its
 * transaction changed. It is only a hint to read the store again: a notice may be lost, and it may
 * name keys that did not change.
 *
 * <p>The text begins with the number of its format, 1. It is always shorter than the 8,000 bytes
 * that Postgres accepts.
 */
public sealed interface Notice {
  /** A change of more keys is sent as {@link Groups}. */
  int MOST_KEYS = 700;

  /** The maximum number of words in a notice's text; {@link Groups} has that many. */
  int MOST_WORDS = 5;

  /** The version that the range of key groups reached with the change. */
  long version();

  /** The payload of the notification. */
  String text();

  /**
   * These keys changed.
   *
   * @param hashes the {@link #hash} of each key; 1 to {@link #MOST_KEYS}
   */
  record Keys(long version, long[] hashes) implements Notice {
    public Keys {
      hashes = hashes.clone();
      if (hashes.length < 1 || hashes.length > MOST_KEYS) {
        throw new IllegalArgumentException(
            hashes.length + " keys are outside 1.." + MOST_KEYS + "; send their groups");
      }
    }

    @Override
    public String text() {
      ByteBuffer bytes = ByteBuffer.allocate(hashes.length * Long.BYTES);
      bytes.asLongBuffer().put(hashes);
      return "1 keys %d %s"
          .formatted(
              version, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array()));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Keys that
          && version == that.version
          && Arrays.equals(hashes, that.hashes);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(version) + 31 * Arrays.hashCode(hashes);
    }
  }

  /** Any keys of the key groups {@code first} to {@code last}, inclusive, may have changed. */
  record Groups(long version, int first, int last) implements Notice {
    public Groups {
      if (first < 0 || last < first) {
        throw new IllegalArgumentException("no groups are " + first + ".." + last);
      }
    }

    @Override
    public String text() {
      return "1 groups %d %d %d".formatted(version, first, last);
    }
  }

  /**
   * A notice of these keys, or of the whole range of groups if there are more than {@link
   * #MOST_KEYS}.
   */
  static Notice of(long version, Collection<Key> keys, int first, int last) {
    if (keys.size() > MOST_KEYS) {
      return new Groups(version, first, last);
    }
    return new Keys(version, keys.stream().mapToLong(Notice::hash).toArray());
  }

  /**
   * Parses what {@link #text} returned.
   *
   * @throws IllegalArgumentException if the text has another format
   */
  static Notice parse(String text) {
    String[] words = text.split(" ", MOST_WORDS + 1);
    if (words.length == 4 && text.startsWith("1 keys ")) {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(words[3]));
      long[] hashes = new long[bytes.remaining() / Long.BYTES];
      bytes.asLongBuffer().get(hashes);
      return new Keys(Long.parseLong(words[2]), hashes);
    }
    if (words.length == 5 && text.startsWith("1 groups ")) {
      return new Groups(
          Long.parseLong(words[2]), Integer.parseInt(words[3]), Integer.parseInt(words[4]));
    }
    throw new IllegalArgumentException(
        "a notice of an unknown format: " + text.substring(0, Math.min(40, text.length())));
  }

  /**
   * The FNV-1a hash of a view key's bytes. Jobs and readers of different versions compare hashes,
   * so this function never changes.
   */
  static long hash(Key viewKey) {
    return hash(viewKey.bytes());
  }

  /**
   * The Postgres channel of all jobs that write into a schema. It has the schema's hash because
   * Postgres limits the length of names.
   */
  static String channel(String schema) {
    byte[] bytes = schema.getBytes(StandardCharsets.UTF_8);
    return String.format(Locale.ROOT, "freshet_%016x", hash(bytes));
  }

  private static long hash(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
