package dev.freshet.reader.access;

import dev.freshet.reader.secret.SecretText;
import java.util.Objects;
import java.util.Optional;

/**
 * The sources of the tokens that the reader accepts. Without any source, every request is refused.
 *
 * @param token a single token with all rights
 * @param tokens tokens with scopes, in the form of {@link TokenFile}
 * @param signed how signed tokens are verified; empty if none are accepted
 */
public record Access(
    Optional<SecretText> token, Optional<SecretText> tokens, Optional<Signed> signed) {
  public Access {
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(tokens, "tokens");
    Objects.requireNonNull(signed, "signed");
  }

  /**
   * How signed tokens are verified: by public keys, a secret, or both. The component that contains
   * a text, and never the text, decides whether it has public keys or a secret.
   *
   * @param keys the public keys; empty if none verifies tokens
   * @param secret the secret; empty if none verifies tokens
   * @param issuer the issuer that a token must name; empty for any
   * @param audience the audience that a token must name; empty for any
   */
  public record Signed(
      Optional<SecretText> keys,
      Optional<SecretText> secret,
      Optional<String> issuer,
      Optional<String> audience) {
    public Signed {
      Objects.requireNonNull(keys, "keys");
      Objects.requireNonNull(secret, "secret");
      Objects.requireNonNull(issuer, "issuer");
      Objects.requireNonNull(audience, "audience");
    }
  }

  /** Accepts a single token, which has all rights. */
  public static Access by(String token) {
    return new Access(
        Optional.of(new SecretText.Given("token", token)), Optional.empty(), Optional.empty());
  }
}
