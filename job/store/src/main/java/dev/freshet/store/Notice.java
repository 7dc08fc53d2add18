package dev.freshet.store;

import dev.freshet.view.Key;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Locale;

/**
 * One notification of Postgres: which keys the transaction that sent it has changed. It is a hint
 * to look: it may be lost, it may name keys that did not change, and whoever hears it reads the
 * store for what is there now.
 *
 * <p>The text begins with the number of its form; others are for others to understand. It stays
 * below the 8,000 bytes that Postgres takes.
 */
public sealed interface Notice {
  /** More keys are told as {@link Groups}. */
  int MOST_KEYS = 700;

  /** The range's progress that the change came with. */
  long version();

  /** What Postgres sends. */
  String text();

  /**
   * Some keys.
   *
   * @param hashes of the keys, by {@link #hash}; one to {@link #MOST_KEYS}
   */
  record Keys(long version, long[] hashes) implements Notice {
    public Keys {
      hashes = hashes.clone();
      if (hashes.length < 1 || hashes.length > MOST_KEYS) {
        throw new IllegalArgumentException(
            hashes.length + " keys are outside 1.." + MOST_KEYS + "; tell their groups");
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

  /** Whatever keys the groups {@code first} to {@code last} have. */
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

  /** These keys of a range of groups, or all of it when they are many. */
  static Notice of(long version, Collection<Key> keys, int first, int last) {
    if (keys.size() > MOST_KEYS) {
      return new Groups(version, first, last);
    }
    return new Keys(version, keys.stream().mapToLong(Notice::hash).toArray());
  }

  /**
   * Reads what {@link #text} made.
   *
   * @throws IllegalArgumentException when it is of another form
   */
  static Notice parse(String text) {
    String[] words = text.split(" ", -1);
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
        "a notice of another form: " + text.substring(0, Math.min(40, text.length())));
  }

  /** FNV-1a over a view key's bytes. Jobs and readers agree on it: it is never changed. */
  static long hash(Key viewKey) {
    return hash(viewKey.bytes());
  }

  /** The channel of all jobs that write into a schema. Names are short in Postgres. */
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
