package dev.freshet.reader.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.DefaultJOSEProcessor;
import com.nimbusds.jose.proc.SecurityContext;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.StrictJson;
import java.text.ParseException;
import java.time.Clock;
import java.util.Optional;

/**
 * Verifies JSON Web Tokens that another system signs. A token is accepted if one of the keys made
 * its signature, with that key's algorithm; if it has not expired ({@code exp} is required; clocks
 * may differ by 30 seconds); and if it names the configured issuer and audience. Unsigned tokens,
 * encrypted tokens, and tokens with ambiguous JSON are never accepted.
 *
 * <p>The claim {@code scope} is a text of scopes separated by spaces, or an array of scopes; scopes
 * that {@link Grant} does not define are ignored. The claim {@code key} is an object of columns and
 * values: texts, integers, booleans, or arrays of these. A token with any other {@code key} is
 * refused, because its restriction cannot be understood.
 */
final class SignedTokens {
  private final DefaultJOSEProcessor<SecurityContext> processor = new DefaultJOSEProcessor<>();
  private final Optional<String> issuer;
  private final Optional<String> audience;
  private final Clock clock;

  SignedTokens(VerificationKeys keys, Optional<String> issuer, Optional<String> audience) {
    this(keys, issuer, audience, Clock.systemUTC());
  }

  SignedTokens(
      VerificationKeys keys, Optional<String> issuer, Optional<String> audience, Clock clock) {
    this.issuer = issuer;
    this.audience = audience;
    this.clock = clock;
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector((header, context) -> keys.of(header));
  }

  /** Returns what a token allows, or why it is not accepted. */
  Authentication verify(String token) {
    try {
      JWSObject signed = JWSObject.parse(token);
      byte[] payload = processor.process(signed, null).toBytes();
      object(signed.getHeader().toBase64URL().decode());
      Claims claims = new Claims(object(payload));
      claims.checkTime(clock.instant());
      claims.checkParties(issuer, audience);
      Grant grant = new Grant(claims.scopes(), claims.keyValues());
      return new Authentication.Granted(
          grant, claims.principal().orElseGet(() -> TokenList.principal(token)));
    } catch (ParseException e) {
      return Authentication.Denied.invalidToken("the reader does not know this token");
    } catch (BadJOSEException | JOSEException e) {
      return Authentication.Denied.invalidToken(
          "no key of the reader made the signature of the token, or its typ is not JWT or at+jwt");
    } catch (BadForm e) {
      return Authentication.Denied.invalidToken(
          "the header or the claims of the token are not a JSON object with each name once");
    } catch (Claims.Refused e) {
      return Authentication.Denied.invalidToken(e.getMessage());
    }
  }

  private static JsonNode object(byte[] json) throws BadForm {
    JsonNode object = StrictJson.parse(json);
    if (!object.isObject()) {
      throw new BadForm("not an object");
    }
    return object;
  }
}
