package dev.freshet.reader.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** The secret that callers show; compared in a time that tells nothing of it, not its length. */
final class Token {
  private static final String SCHEME = "bearer ";

  private final byte[] digest;

  Token(String secret) {
    this.digest = digest(secret);
  }

  /** Whether an Authorization header, possibly null, shows the token. */
  boolean isShownBy(String header) {
    if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return false;
    }
    return MessageDigest.isEqual(digest, digest(header.substring(SCHEME.length()).strip()));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
