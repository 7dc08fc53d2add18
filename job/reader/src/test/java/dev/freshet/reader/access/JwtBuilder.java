package dev.freshet.reader.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Builds a signed token, which is valid for an hour unless the test sets another time. */
public final class JwtBuilder {
  /** The secret of HS256 signatures. */
  public static final String SECRET = "a-secret-of-at-least-32-bytes-for-HS256";

  private final JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder();

  private JwtBuilder() {
    expiresIn(Duration.ofHours(1));
  }

  public static JwtBuilder jwt() {
    return new JwtBuilder();
  }

  public static JwtBuilder jwt(String scope) {
    return new JwtBuilder().with("scope", scope);
  }

  public JwtBuilder with(String claim, Object value) {
    claims.claim(claim, value);
    return this;
  }

  public JwtBuilder key(Map<String, ?> values) {
    return with("key", values);
  }

  public JwtBuilder expiresIn(Duration time) {
    claims.expirationTime(Date.from(Instant.now().plus(time)));
    return this;
  }

  public JwtBuilder withoutExpiry() {
    claims.expirationTime(null);
    return this;
  }

  public String signed() {
    return signed(SECRET);
  }

  public String signed(String secret) {
    try {
      return signed(
          new JWSHeader(JWSAlgorithm.HS256),
          new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public String signed(JWSHeader header, JWSSigner signer) {
    try {
      SignedJWT token = new SignedJWT(header, claims.build());
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the token without a signature, with {@code alg} none. */
  public String unsigned() {
    return new PlainJWT(claims.build()).serialize();
  }

  /** Returns a token with another header, and the payload and signature of a valid token. */
  public static String withHeader(String token, String header) {
    return encoded(header) + token.substring(token.indexOf('.'));
  }

  /** Returns a token with another payload, and the header and signature of a valid token. */
  public static String withPayload(String token, String payload) {
    return token.substring(0, token.indexOf('.') + 1)
        + encoded(payload)
        + token.substring(token.lastIndexOf('.'));
  }

  /**
   * Signs the texts of a header and a payload unchanged, also if a library would not write them.
   */
  public static String signed(String header, String payload, byte[] secret) {
    String text = encoded(header) + "." + encoded(payload);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      byte[] signature = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Signs the text of a payload unchanged, with {@link #SECRET}. */
  public static String signedPayload(String payload) {
    return signed("{\"alg\":\"HS256\"}", payload, SECRET.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
