package dev.freshet.reader.access;

import static dev.freshet.reader.access.JwtBuilder.jwt;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.freshet.reader.secret.BadSecret;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SignedTokensTest {
  private static final String KEYS = "reader.jwt-key-file";
  private static final String SECRET = "reader.jwt-secret-file";

  private static RSAKey rsa;
  private static ECKey ec;

  @BeforeAll
  static void makeKeys() throws JOSEException {
    rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
    ec = new ECKeyGenerator(Curve.P_256).generate();
  }

  @Test
  void scopesAndKeyValuesAreParsed() throws BadSecret {
    String token =
        jwt("openid read:unread operate").key(Map.of("user_id", 42, "name", "ümit")).signed();

    assertThat(grant(bySecret(), token))
        .hasValue(
            new Grant(
                Set.of("read:unread", "operate"),
                Map.of("user_id", Set.of("42"), "name", Set.of("ümit"))));
    assertThat(grant(bySecret(), jwt().with("scope", List.of("read:*", "email")).signed()))
        .hasValue(new Grant(Set.of("read:*"), Map.of()));
    assertThat(grant(bySecret(), jwt().signed())).hasValue(new Grant(Set.of(), Map.of()));
  }

  @Test
  void onlySignedAndUnexpiredTokensAreAccepted() throws BadSecret {
    String good = jwt("read:*").key(Map.of("user_id", 42)).signed();
    for (String bad :
        List.of(
            "",
            "..",
            "a.b.c",
            good + "x",
            good.substring(0, good.lastIndexOf('.') + 1),
            JwtBuilder.withPayload(good, "{\"scope\":\"read:*\",\"exp\":99999999999}"),
            JwtBuilder.withHeader(good, "{\"alg\":\"none\"}"),
            JwtBuilder.withHeader(good, "{\"alg\":\"HS384\"}"),
            jwt("read:*").signed("another-secret-of-at-least-32-bytes!!"),
            jwt("read:*").unsigned(),
            jwt("read:*").withoutExpiry().signed(),
            jwt("read:*").expiresIn(Duration.ofMinutes(-1)).signed(),
            jwt("read:*").with("nbf", 99_999_999_999L).signed())) {
      assertThat(grant(bySecret(), bad)).as(bad).isEmpty();
    }
    assertThat(grant(bySecret(), good)).isPresent();
    assertThat(grant(bySecret(), jwt("read:*").expiresIn(Duration.ofSeconds(-5)).signed()))
        .as("clocks may differ")
        .isPresent();
  }

  @Test
  void anArrayOfKeyValuesAllowsEach() throws BadSecret {
    String token = jwt("read:*").key(Map.of("user_id", List.of(42, "43"), "paid", true)).signed();

    assertThat(grant(bySecret(), token))
        .hasValue(
            new Grant(
                Set.of("read:*"), Map.of("user_id", Set.of("42", "43"), "paid", Set.of("true"))));
  }

  @Test
  void aClaimMustHaveAValueOfItsType() throws BadSecret {
    long good = Instant.now().plusSeconds(3600).getEpochSecond();
    assertThat(
            granted(
                "{\"exp\":%d,\"nbf\":1,\"iss\":\"a\",\"aud\":[\"b\"],\"scope\":\"read:*\"}"
                    .formatted(good)))
        .isTrue();
    assertThat(granted("{\"exp\":%d.5}".formatted(good))).isTrue();
    for (String exp :
        List.of("null", "\"%d\"", "[%d]", "{}", "true", "%d000", "-1", "1e400", "1e999999999")) {
      assertThat(granted("{\"exp\":" + exp.formatted(good) + "}")).as("exp %s", exp).isFalse();
    }
    for (String nbf : List.of("null", "\"0\"", "[]", "false", "-1", "1e400")) {
      assertThat(granted("{\"exp\":%d,\"nbf\":%s}".formatted(good, nbf)))
          .as("nbf %s", nbf)
          .isFalse();
    }
    for (String other : List.of("null", "1", "{}", "[null]", "[1]", "[[\"a\"]]", "true")) {
      for (String claim : List.of("iss", "aud", "scope")) {
        assertThat(granted("{\"exp\":%d,\"%s\":%s}".formatted(good, claim, other)))
            .as("%s %s", claim, other)
            .isFalse();
      }
    }
    assertThat(granted("{\"exp\":%d,\"iss\":[\"a\"]}".formatted(good))).as("two issuers").isFalse();
  }

  @Test
  void jsonThatCanBeReadInTwoWaysIsRefused() throws BadSecret {
    long good = Instant.now().plusSeconds(3600).getEpochSecond();
    for (String payload :
        List.of(
            "{\"exp\":1,\"exp\":%d}",
            "{\"exp\":%d,\"scope\":\"operate\",\"scope\":\"read:*\"}",
            "{\"exp\":%d,\"key\":{\"user_id\":42,\"user_id\":43}}",
            "{\"exp\":%d} {}",
            "{\"exp\":%d,}",
            "{'exp':%d}",
            "{\"exp\":%d,\"key\":{\"name\":\"\\ud800\"}}",
            "[{\"exp\":%d}]",
            "null",
            "")) {
      assertThat(granted(payload.formatted(good))).as(payload).isFalse();
    }
    byte[] secret = JwtBuilder.SECRET.getBytes(StandardCharsets.UTF_8);
    String claims = "{\"exp\":%d}".formatted(good);
    for (String header :
        List.of(
            "{\"alg\":\"none\",\"alg\":\"HS256\"}",
            "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
            "{\"alg\":\"none\"}",
            "{\"alg\":\"None\"}",
            "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}")) {
      assertThat(grant(bySecret(), JwtBuilder.signed(header, claims, secret))).as(header).isEmpty();
    }
    assertThat(grant(bySecret(), JwtBuilder.signed("{\"alg\":\"HS256\"}", claims, secret)))
        .isPresent();
  }

  private static boolean granted(String payload) throws BadSecret {
    return grant(bySecret(), JwtBuilder.signedPayload(payload)).isPresent();
  }

  @Test
  void tokensWithMalformedKeyValuesAreRefused() throws BadSecret {
    for (Object key :
        List.of(
            Map.of(),
            "42",
            List.of(42),
            Map.of("user_id", List.of()),
            Map.of("user_id", List.of(42, List.of(43))),
            Map.of("user_id", List.of(42, Map.of())),
            Map.of("user_id", 1.5),
            Map.of("user_id", Map.of()))) {
      assertThat(grant(bySecret(), jwt("read:*").with("key", key).signed()))
          .as(String.valueOf(key))
          .isEmpty();
    }
  }

  @Test
  void issuerAndAudienceAreCheckedIfConfigured() throws BadSecret {
    SignedTokens tokens =
        new SignedTokens(
            VerificationKeys.ofSecret(SECRET, JwtBuilder.SECRET),
            Optional.of("shop"),
            Optional.of("freshet"));
    assertThat(grant(tokens, jwt().with("iss", "shop").with("aud", "freshet").signed()))
        .isPresent();
    assertThat(
            grant(
                tokens,
                jwt().with("iss", "shop").with("aud", List.of("other", "freshet")).signed()))
        .isPresent();
    assertThat(grant(tokens, jwt().with("iss", "shop").signed())).isEmpty();
    assertThat(grant(tokens, jwt().with("aud", "freshet").signed())).isEmpty();
    assertThat(grant(tokens, jwt().with("iss", "shup").with("aud", "freshet").signed())).isEmpty();
    assertThat(grant(tokens, jwt().with("iss", "shop").with("aud", "f").signed())).isEmpty();
  }

  @Test
  void aKeysKindDecidesTheAlgorithm() throws Exception {
    SignedTokens byPem = by(pem(rsa.toRSAPublicKey()) + pem(ec.toECPublicKey()));
    assertThat(grant(byPem, signed(JWSAlgorithm.RS256))).isPresent();
    assertThat(grant(byPem, signed(JWSAlgorithm.ES256))).isPresent();
    assertThat(grant(byPem, signed(JWSAlgorithm.RS512))).isEmpty();
    assertThat(grant(byPem, signed(JWSAlgorithm.PS256))).isEmpty();

    // The public key is not a secret, so a signature made with its text must be refused.
    for (String known :
        List.of(
            pem(rsa.toRSAPublicKey()),
            pem(rsa.toRSAPublicKey()).strip(),
            new String(rsa.toRSAPublicKey().getEncoded(), StandardCharsets.ISO_8859_1))) {
      String confused =
          jwt("read:*")
              .signed(
                  new JWSHeader(JWSAlgorithm.HS256),
                  new MACSigner(known.getBytes(StandardCharsets.ISO_8859_1)));
      assertThat(grant(byPem, confused)).isEmpty();
    }
    assertThat(grant(bySecret(), signed(JWSAlgorithm.RS256))).isEmpty();
  }

  @Test
  void keysOfASetAreFoundByTheirIds() throws Exception {
    RSAKey other = new RSAKeyGenerator(2048).keyID("r2").generate();
    SignedTokens tokens = by(new JWKSet(List.of(rsa, other)).toPublicJWKSet().toString());
    for (RSAKey key : List.of(rsa, other)) {
      JWSHeader named =
          new JWSHeader.Builder(JWSAlgorithm.RS256)
              .keyID(key.getKeyID())
              .type(new JOSEObjectType("at+jwt"))
              .build();
      assertThat(grant(tokens, jwt().signed(named, new RSASSASigner(key)))).isPresent();
      assertThat(
              grant(tokens, jwt().signed(new JWSHeader(JWSAlgorithm.RS256), new RSASSASigner(key))))
          .isPresent();
    }
    JWSHeader wrong = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("r2").build();
    assertThat(grant(tokens, jwt().signed(wrong, new RSASSASigner(rsa)))).isEmpty();
  }

  private static SignedTokens bySecret() throws BadSecret {
    return tokens(VerificationKeys.ofSecret(SECRET, JwtBuilder.SECRET));
  }

  private static SignedTokens by(String keys) throws BadSecret {
    return tokens(VerificationKeys.ofPublicKeys(KEYS, keys));
  }

  private static SignedTokens tokens(VerificationKeys keys) {
    return new SignedTokens(keys, Optional.empty(), Optional.empty());
  }

  private static String signed(JWSAlgorithm algorithm) throws JOSEException {
    JWSHeader header = new JWSHeader(algorithm);
    return jwt("read:*")
        .signed(
            header,
            algorithm.equals(JWSAlgorithm.ES256) ? new ECDSASigner(ec) : new RSASSASigner(rsa));
  }

  private static String pem(Key key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  @Test
  void aDenialNamesItsCause() throws BadSecret {
    assertThat(denial(jwt("read:*").expiresIn(Duration.ofMinutes(-1)).signed()))
        .isEqualTo("the token has expired; get a new one");
    assertThat(denial(jwt("read:*").withoutExpiry().signed())).contains("exp");
    assertThat(denial(jwt("read:*").signed("another-secret-of-at-least-32-bytes!!")))
        .contains("signature");
    assertThat(denial(jwt("read:*").with("key", "42").signed())).contains("claim 'key'");
    assertThat(denial(jwt("read:*").key(Map.of("user_id", List.of())).signed()))
        .isEqualTo("the claim 'key' has an empty array; name at least one value of the column");
    assertThat(denial(JwtBuilder.signedPayload("{\"exp\":null}"))).contains("claim exp");
    assertThat(denial(JwtBuilder.signedPayload("{\"exp\":1,\"exp\":2}")))
        .contains("each name once");
    assertThat(denial("no-token")).contains("does not know");
  }

  private static String denial(String token) throws BadSecret {
    Authentication.Denied denied = (Authentication.Denied) bySecret().verify(token);
    assertThat(denied.error()).contains("invalid_token");
    assertThat(denied.description()).matches("[ -~&&[^\"\\\\]]+");
    return denied.description();
  }

  private static Optional<Grant> grant(SignedTokens tokens, String token) {
    return tokens.verify(token) instanceof Authentication.Granted granted
        ? Optional.of(granted.grant())
        : Optional.empty();
  }
}
