package dev.freshet.reader.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import java.text.ParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * JSON Web Tokens that somebody else signs. One counts when its signature is of one of the keys,
 * with that key's algorithm, it has not expired ({@code exp} must be there; clocks may differ by 30
 * seconds), and it names the issuer and audience where those are asked for. Unsigned and encrypted
 * ones never count.
 *
 * <p>{@code scope} is a text of words with spaces between, or an array of them; those that are none
 * of {@link Grant}'s are somebody else's and are passed over. {@code key} is an object of columns
 * and values, which are texts, whole numbers or booleans; a token whose {@code key} is anything
 * else does not count, because nobody can say what it was bound to.
 */
final class SignedTokens {
  private static final int SKEW_SECONDS = 30;
  private static final String SCOPE = "scope";
  private static final String KEY = "key";

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  SignedTokens(VerificationKeys keys, Optional<String> issuer, Optional<String> audience) {
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector((header, context) -> keys.of(header));
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(
            audience.map(SignedTokens::setOf).orElse(null),
            issuer.map(name -> new JWTClaimsSet.Builder().issuer(name).build()).orElse(null),
            Set.of("exp"),
            null);
    claims.setMaxClockSkew(SKEW_SECONDS);
    processor.setJWTClaimsSetVerifier(claims);
  }

  /** What a token allows, or why it does not count. */
  Authentication verify(String token) {
    try {
      JWTClaimsSet claims = processor.process(token, null);
      Optional<Map<String, String>> values = keyValues(claims.getClaims());
      return values.isPresent()
          ? new Authentication.Granted(new Grant(scopes(claims), values.get()))
          : Authentication.Denied.invalidToken("the claim key is not an object of column values");
    } catch (ParseException e) {
      return Authentication.Denied.invalidToken("the reader does not know this token");
    } catch (ExpiredJWTException e) {
      return Authentication.Denied.invalidToken("the token has expired; get a new one");
    } catch (BadJWTException e) {
      return Authentication.Denied.invalidToken(
          "a claim of the token is missing or wrong: exp, nbf, or the issuer or audience that the reader asks for");
    } catch (BadJOSEException | JOSEException e) {
      return Authentication.Denied.invalidToken(
          "the signature of the token is of no key that the reader has, or its typ is not JWT or at+jwt");
    }
  }

  /** The library asks whether null is in it, which those of the JDK's own do not bear. */
  private static Set<String> setOf(String text) {
    return new HashSet<>(List.of(text));
  }

  private static Set<String> scopes(JWTClaimsSet claims) {
    Object claim = claims.getClaim(SCOPE);
    List<?> words =
        claim instanceof String text
            ? Arrays.asList(text.split(" "))
            : claim instanceof List<?> list ? list : List.of();
    Set<String> scopes = new HashSet<>();
    for (Object word : words) {
      if (word instanceof String text && Grant.isScope(text)) {
        scopes.add(text);
      }
    }
    return scopes;
  }

  /** Empty when there is a claim that nobody can follow. */
  private static Optional<Map<String, String>> keyValues(Map<String, Object> claims) {
    Map<String, String> values = new TreeMap<>();
    if (!claims.containsKey(KEY)) {
      return Optional.of(values);
    }
    if (!(claims.get(KEY) instanceof Map<?, ?> bound) || bound.isEmpty()) {
      return Optional.empty();
    }
    for (Map.Entry<?, ?> entry : bound.entrySet()) {
      Object value = entry.getValue();
      if (!(value instanceof String
          || value instanceof Long
          || value instanceof Integer
          || value instanceof Boolean)) {
        return Optional.empty();
      }
      values.put(entry.getKey().toString(), value.toString());
    }
    return Optional.of(values);
  }
}
