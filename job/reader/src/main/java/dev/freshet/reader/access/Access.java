package dev.freshet.reader.access;

import dev.freshet.reader.secret.SecretText;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the tokens come from that callers may show. Without any nobody is let in.
 *
 * @param token one that may do everything
 * @param tokens several with scopes, in the form of {@link TokenList}
 * @param signed how signed tokens are verified
 */
public record Access(
    Optional<SecretText> token, Optional<SecretText> tokens, Optional<Signed> signed) {
  public Access {
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(tokens, "tokens");
    Objects.requireNonNull(signed, "signed");
  }

  /**
   * Of signed tokens.
   *
   * @param keys in a form of {@link VerificationKeys}
   * @param issuer that they must name
   * @param audience that they must name
   */
  public record Signed(SecretText keys, Optional<String> issuer, Optional<String> audience) {
    public Signed {
      Objects.requireNonNull(keys, "keys");
      Objects.requireNonNull(issuer, "issuer");
      Objects.requireNonNull(audience, "audience");
    }
  }

  /** One token that may do everything, and no other. */
  public static Access by(String token) {
    return new Access(
        Optional.of(new SecretText.Given("token", token)), Optional.empty(), Optional.empty());
  }
}
