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
 * Verifies JSON Web Tokens that another system signs. A token is accepted if one of the keys made
 * its signature, with that key's algorithm; if it has not expired ({@code exp} is required; clocks
 * may differ by 30 seconds); and if it names the configured issuer and audience. Unsigned and
 * encrypted tokens are never accepted.
 *
 * <p>The claim {@code scope} is a text of scopes separated by spaces, or an array of scopes; scopes
 * that {@link Grant} does not define are ignored. The claim {@code key} is an object of columns and
 * values: texts, integers or booleans. A token with any other {@code key} is refused, because its
 * restriction cannot be understood.
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

  /** Returns what a token allows, or why it is not accepted. */
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
          "no key of the reader made the signature of the token, or its typ is not JWT or at+jwt");
    }
  }

  /** A set that allows {@code contains(null)}, which the library calls. */
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

  /** The restriction to key values; empty if it cannot be understood. */
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
