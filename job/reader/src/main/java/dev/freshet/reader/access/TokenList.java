package dev.freshet.reader.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tokens and what each allows. A token is compared with all of them in a time that tells nothing of
 * any; only digests are kept.
 */
final class TokenList {
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(byte[] digest, Grant grant) {}

  /** Adds one by its digest, see {@link #digest}. */
  void add(byte[] digest, Grant grant) {
    entries.add(new Entry(digest, grant));
  }

  boolean has(byte[] digest) {
    return find(digest).isPresent();
  }

  int size() {
    return entries.size();
  }

  /** What a token allows; nothing when it is none of these. */
  Optional<Grant> grant(String token) {
    return find(digest(token));
  }

  private Optional<Grant> find(byte[] digest) {
    Grant found = null;
    for (Entry entry : entries) {
      // Goes on after a hit: the time must not tell which one it was.
      if (MessageDigest.isEqual(entry.digest(), digest)) {
        found = entry.grant();
      }
    }
    return Optional.ofNullable(found);
  }

  static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
