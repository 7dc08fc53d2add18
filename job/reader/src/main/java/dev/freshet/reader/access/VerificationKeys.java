package dev.freshet.reader.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.reader.secret.Pem;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that verify signed tokens. The kind of a key, and never the token, decides the
 * algorithm: a secret is for HS256, an RSA key for RS256, a key on the curve P-256 for ES256.
 *
 * <p>The text form is one of
 *
 * <ul>
 *   <li>a JWK set, {@code {"keys": […]}}
 *   <li>public keys as PEM
 *   <li>anything else: a secret of at least 32 bytes
 * </ul>
 */
final class VerificationKeys {
  private static final int SHORTEST_SECRET = 32;
  private static final int SHORTEST_RSA = 2048;

  private final List<VerificationKey> entries;

  private record VerificationKey(JWSAlgorithm algorithm, String id, Key key) {}

  private VerificationKeys(List<VerificationKey> entries) {
    this.entries = entries;
  }

  /**
   * Parses the keys.
   *
   * @param subject the text's name in messages
   * @throws BadSecret if one of the keys cannot be used
   */
  static VerificationKeys parse(String subject, String text) throws BadSecret {
    List<VerificationKey> entries = new ArrayList<>();
    for (JWK key : keys(subject, text)) {
      entries.add(entry(subject, key));
    }
    return new VerificationKeys(entries);
  }

  /** The keys that may have made the signature of a token with this header. */
  List<Key> of(JWSHeader header) {
    return entries.stream()
        .filter(entry -> entry.algorithm().equals(header.getAlgorithm()))
        .filter(
            entry ->
                entry.id() == null
                    || header.getKeyID() == null
                    || entry.id().equals(header.getKeyID()))
        .map(VerificationKey::key)
        .toList();
  }

  private static List<JWK> keys(String subject, String text) throws BadSecret {
    if (text.startsWith("{")) {
      try {
        List<JWK> keys = JWKSet.parse(text).getKeys();
        if (!keys.isEmpty()) {
          return keys;
        }
      } catch (ParseException e) {
        // The exception's message may quote a key, so it is dropped.
      }
      throw new BadSecret(subject + " is not a JWK set with a key; give {\"keys\": [{…}]}");
    }
    if (Pem.isPem(text)) {
      List<JWK> keys = new ArrayList<>();
      for (PublicKey key : Pem.publicKeys(text)) {
        keys.add(jwk(subject, key));
      }
      if (keys.isEmpty()) {
        throw new BadSecret(
            subject + " has no public key as PEM; get it with: openssl pkey -pubout -in KEY");
      }
      return keys;
    }
    return List.of(new OctetSequenceKey.Builder(text.getBytes(StandardCharsets.UTF_8)).build());
  }

  private static JWK jwk(String subject, PublicKey key) throws BadSecret {
    if (key instanceof RSAPublicKey rsa) {
      return new RSAKey.Builder(rsa).build();
    }
    if (key instanceof ECPublicKey ec
        && Curve.P_256.equals(Curve.forECParameterSpec(ec.getParams()))) {
      return new ECKey.Builder(Curve.P_256, ec).build();
    }
    throw unusable(subject);
  }

  private static VerificationKey entry(String subject, JWK key) throws BadSecret {
    try {
      if (key instanceof OctetSequenceKey secret) {
        if (secret.size() < 8 * SHORTEST_SECRET) {
          throw new BadSecret(
              "%s is a secret of fewer than %d bytes; make one with: openssl rand -hex 32"
                  .formatted(subject, SHORTEST_SECRET));
        }
        return new VerificationKey(JWSAlgorithm.HS256, key.getKeyID(), secret.toSecretKey());
      }
      if (key.isPrivate()) {
        throw new BadSecret(
            subject + " has a private key, which signs; a reader only needs the public one");
      }
      if (key instanceof RSAKey rsa && rsa.size() >= SHORTEST_RSA) {
        return new VerificationKey(JWSAlgorithm.RS256, key.getKeyID(), rsa.toRSAPublicKey());
      }
      if (key instanceof ECKey ec && Curve.P_256.equals(ec.getCurve())) {
        return new VerificationKey(JWSAlgorithm.ES256, key.getKeyID(), ec.toECPublicKey());
      }
    } catch (JOSEException e) {
      // Reported below.
    }
    throw unusable(subject);
  }

  private static BadSecret unusable(String subject) {
    return new BadSecret(
        "%s has a key of another kind; give secrets, RSA keys of at least %d bits and keys on P-256"
            .formatted(subject, SHORTEST_RSA));
  }
}
