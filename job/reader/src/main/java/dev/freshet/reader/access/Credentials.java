package dev.freshet.reader.access;

import dev.freshet.reader.secret.BadSecret;
import dev.freshet.reader.secret.SecretText;
import dev.freshet.reader.share.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tokens that are accepted, parsed from {@link Texts}. Immutable; when a source changes, {@link
 * Guard} replaces the instance.
 */
final class Credentials {
  /** Accepts no token. */
  static final Credentials NONE =
      new Credentials(new TokenList(), Optional.empty(), Optional.empty());

  private final TokenList list;
  private final Optional<VerificationKeys> keys;
  private final Optional<SignedTokens> signed;

  private Credentials(
      TokenList list, Optional<VerificationKeys> keys, Optional<SignedTokens> signed) {
    this.list = list;
    this.keys = keys;
    this.signed = signed;
  }

  /**
   * The contents of the sources. Texts are equal if no source has changed. {@code toString()} shows
   * nothing of them.
   */
  record Texts(
      Optional<String> token,
      Optional<String> tokens,
      Optional<String> keys,
      Optional<String> secret) {
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
              text(access.signed().flatMap(Access.Signed::keys), problems),
              text(access.signed().flatMap(Access.Signed::secret), problems));
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
    try {
      if (texts.tokens().isPresent() && access.tokens().isPresent()) {
        TokenFile.read(access.tokens().get().name(), texts.tokens().get(), list);
      }
    } catch (BadSecret e) {
      problems.addAll(e.problems());
    }
    Optional<SecretText> keySource = access.signed().flatMap(Access.Signed::keys);
    Optional<SecretText> secretSource = access.signed().flatMap(Access.Signed::secret);
    List<VerificationKeys> parsed = new ArrayList<>();
    parse(keySource, texts.keys(), VerificationKeys::ofPublicKeys, parsed, problems);
    parse(secretSource, texts.secret(), VerificationKeys::ofSecret, parsed, problems);
    if (!problems.isEmpty()) {
      throw new BadSecret(problems);
    }
    Optional<VerificationKeys> keys = parsed.stream().reduce(VerificationKeys::and);
    Optional<SignedTokens> signed =
        access
            .signed()
            .flatMap(how -> keys.map(all -> new SignedTokens(all, how.issuer(), how.audience())));
    return new Credentials(list, keys, signed);
  }

  private interface KeyParser {
    VerificationKeys parse(String subject, String text) throws BadSecret;
  }

  private static void parse(
      Optional<SecretText> source,
      Optional<String> text,
      KeyParser parser,
      List<VerificationKeys> into,
      List<String> problems) {
    if (source.isEmpty() || text.isEmpty()) {
      return;
    }
    try {
      into.add(parser.parse(source.get().name(), text.get()));
    } catch (BadSecret e) {
      problems.addAll(e.problems());
    }
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
      return new Authentication.Granted(listed.get(), principal(token));
    }
    return signed.isPresent()
        ? signed.get().verify(token)
        : Authentication.Denied.invalidToken("the reader does not know this token");
  }

  private Principal principal(String token) {
    return list.size() == 1 && signed.isEmpty() ? Principal.SOLE : TokenList.principal(token);
  }

  /** Describes the accepted tokens for the log; never contains a token, a key or a secret. */
  String summary() {
    return list.size()
        + " listed"
        + keys.map(all -> ", and those signed with " + all.summary()).orElse("");
  }
}
