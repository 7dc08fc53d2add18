package dev.freshet.reader.access;

import dev.freshet.reader.secret.BadSecret;
import dev.freshet.reader.secret.SecretText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tokens that are accepted, parsed from {@link Texts}. Immutable; when a source changes, {@link
 * Guard} replaces the instance.
 */
final class Credentials {
  /** Accepts no token. */
  static final Credentials NONE = new Credentials(new TokenList(), Optional.empty());

  private final TokenList list;
  private final Optional<SignedTokens> signed;

  private Credentials(TokenList list, Optional<SignedTokens> signed) {
    this.list = list;
    this.signed = signed;
  }

  /**
   * The contents of the sources. Texts are equal if no source has changed. {@code toString()} shows
   * nothing of them.
   */
  record Texts(Optional<String> token, Optional<String> tokens, Optional<String> keys) {
    /**
     * Reads the sources.
     *
     * @throws BadSecret naming every source that cannot be read
     */
    static Texts read(Access access) throws BadSecret {
      List<String> problems = new ArrayList<>();
      Texts texts =
          new Texts(
              text(access.token(), problems),
              text(access.tokens(), problems),
              text(access.signed().map(Access.Signed::keys), problems));
      if (!problems.isEmpty()) {
        throw new BadSecret(problems);
      }
      return texts;
    }

    private static Optional<String> text(Optional<SecretText> source, List<String> problems) {
      try {
        return source.isPresent() ? Optional.of(source.get().read()) : Optional.empty();
      } catch (BadSecret e) {
        problems.addAll(e.problems());
        return Optional.empty();
      }
    }

    @Override
    public String toString() {
      return "(secret)";
    }
  }

  /**
   * Parses the texts.
   *
   * @throws BadSecret with every problem of all texts
   */
  static Credentials of(Access access, Texts texts) throws BadSecret {
    List<String> problems = new ArrayList<>();
    TokenList list = new TokenList();
    if (texts.token().isPresent() && access.token().isPresent()) {
      single(access.token().get().name(), texts.token().get(), list, problems);
    }
    Optional<SignedTokens> signed = Optional.empty();
    try {
      if (texts.tokens().isPresent() && access.tokens().isPresent()) {
        TokenFile.read(access.tokens().get().name(), texts.tokens().get(), list);
      }
    } catch (BadSecret e) {
      problems.addAll(e.problems());
    }
    try {
      if (texts.keys().isPresent() && access.signed().isPresent()) {
        Access.Signed how = access.signed().get();
        VerificationKeys keys = VerificationKeys.parse(how.keys().name(), texts.keys().get());
        signed = Optional.of(new SignedTokens(keys, how.issuer(), how.audience()));
      }
    } catch (BadSecret e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new BadSecret(problems);
    }
    return new Credentials(list, signed);
  }

  private static void single(String name, String token, TokenList list, List<String> problems) {
    if (TokenFile.isToken(token)) {
      list.add(TokenList.digest(token), Grant.ALL);
    } else {
      problems.add(
          name
              + " must have at least 8 visible ASCII characters; make one with: openssl rand -hex 24");
    }
  }

  /** Returns what a token allows, or why it is not accepted. */
  Authentication authenticate(String token) {
    Optional<Grant> listed = list.grant(token);
    if (listed.isPresent()) {
      return new Authentication.Granted(listed.get());
    }
    return signed.isPresent()
        ? signed.get().verify(token)
        : Authentication.Denied.invalidToken("the reader does not know this token");
  }

  /** Describes the accepted tokens for the log. */
  String summary() {
    return list.size() + " listed" + (signed.isPresent() ? ", and those signed" : "");
  }
}
