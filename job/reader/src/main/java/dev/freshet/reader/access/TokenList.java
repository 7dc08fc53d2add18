package dev.freshet.reader.access;

import dev.freshet.reader.share.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Tokens and their rights. Keeps only digests. A look-up compares with all digests in constant
 * time, so its duration reveals nothing about any token. Not thread-safe while tokens are added.
 */
final class TokenList {
  private final List<ListedToken> tokens = new ArrayList<>();

  private record ListedToken(byte[] digest, Grant grant) {}

  /** Adds a token by its {@link #digest}. */
  void add(byte[] digest, Grant grant) {
    tokens.add(new ListedToken(digest, grant));
  }

  boolean has(byte[] digest) {
    return find(digest).isPresent();
  }

  int size() {
    return tokens.size();
  }

  /** Returns what a token allows; empty if it is not in the list. */
  Optional<Grant> grant(String token) {
    return find(digest(token));
  }

  private Optional<Grant> find(byte[] digest) {
    Grant found = null;
    for (ListedToken listed : tokens) {
      // Goes on after a match, so that the duration does not reveal which token matched.
      if (MessageDigest.isEqual(listed.digest(), digest)) {
        found = listed.grant();
      }
    }
    return Optional.ofNullable(found);
  }

  /** Returns the holder of a token; the id does not reveal the token. */
  static Principal principal(String token) {
    return new Principal(Principal.Kind.TOKEN, HexFormat.of().formatHex(digest(token)));
  }

  static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
