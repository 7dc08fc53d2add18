package dev.freshet.reader.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.reader.secret.Pem;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys that verify signed tokens. The kind of a key, and never the token, decides the
 * algorithm: a secret is for HS256, an RSA key for RS256, a key on the curve P-256 for ES256.
 *
 * <p>The setting, and never the text, decides whether a text is public keys or a secret. A text
 * that does not match its setting is refused: if a public key were accepted as a secret, anyone who
 * has the public key could sign tokens.
 */
final class VerificationKeys {
  private static final int SHORTEST_SECRET = 32;
  private static final int SHORTEST_RSA = 2048;

  private final List<VerificationKey> entries;

  private record VerificationKey(JWSAlgorithm algorithm, String id, String shown, Key key) {}

  private VerificationKeys(List<VerificationKey> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Parses public keys: PEM blocks {@code PUBLIC KEY}, a JWK, or a JWK set.
   *
   * @param subject the text's name in messages
   * @throws BadSecret if the text is in another form, or one of the keys cannot be used
   */
  static VerificationKeys ofPublicKeys(String subject, String text) throws BadSecret {
    List<VerificationKey> entries = new ArrayList<>();
    switch (KeyText.of(text)) {
      case JSON -> {
        for (Jwk jwk : Jwk.parse(subject, text)) {
          if (jwk.key() instanceof OctetSequenceKey) {
            throw new BadSecret(
                "%s is a secret; %s takes public keys only: name a file with the secret in reader.jwt-secret-file"
                    .formatted(jwk.subject(), subject));
          }
          entries.add(entry(jwk));
        }
      }
      case PEM -> {
        for (PublicKey key : pem(subject, text)) {
          entries.add(entry(new Jwk(subject, jwk(subject, key))));
        }
      }
      case OPEN_SSH ->
          throw new BadSecret(
              subject
                  + " has a key of OpenSSH; convert it with: ssh-keygen -e -m PKCS8 -f KEY.pub");
      case DER ->
          throw new BadSecret(
              subject
                  + " has a key without PEM's first and last line; get it with: openssl pkey -pubout -in KEY");
      case PLAIN ->
          throw new BadSecret(
              subject
                  + " is neither PEM nor a JWK set; give public keys, or, if this is the secret of HS256,"
                  + " name its file in reader.jwt-secret-file instead");
    }
    return new VerificationKeys(entries);
  }

  /**
   * Parses a secret: its text itself, or a JWK or JWK set of the type {@code oct}.
   *
   * @param subject the text's name in messages
   * @throws BadSecret if the text is in another form, or the secret cannot be used
   */
  static VerificationKeys ofSecret(String subject, String text) throws BadSecret {
    KeyText form = KeyText.of(text);
    if (form == KeyText.PLAIN) {
      OctetSequenceKey secret =
          new OctetSequenceKey.Builder(text.getBytes(StandardCharsets.UTF_8)).build();
      return new VerificationKeys(List.of(entry(new Jwk(subject, secret))));
    }
    if (form != KeyText.JSON) {
      throw noSecret(subject, form.words());
    }
    List<VerificationKey> entries = new ArrayList<>();
    for (Jwk jwk : Jwk.parse(subject, text)) {
      if (!(jwk.key() instanceof OctetSequenceKey)) {
        throw noSecret(jwk.subject(), "a key of the type " + jwk.key().getKeyType().getValue());
      }
      entries.add(entry(jwk));
    }
    return new VerificationKeys(entries);
  }

  /** Returns the keys of both. */
  VerificationKeys and(VerificationKeys others) {
    return new VerificationKeys(Stream.concat(entries.stream(), others.entries.stream()).toList());
  }

  /** Returns the keys that may have made the signature of a token with this header. */
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

  /**
   * Describes the keys for the log by algorithm and id: the {@code kid}, or else the public key's
   * thumbprint (RFC 7638). A secret without a {@code kid} has no id, because a hash of it could be
   * searched for.
   */
  String summary() {
    return entries.stream()
        .map(entry -> entry.algorithm().getName() + " " + entry.shown())
        .collect(Collectors.joining(", "));
  }

  private static List<PublicKey> pem(String subject, String text) throws BadSecret {
    for (String label : Pem.labels(text)) {
      if (!label.equals(Pem.PUBLIC_KEY)) {
        throw new BadSecret(
            "%s has a PEM block %s; give blocks PUBLIC KEY only, such as from: %s"
                .formatted(subject, label, remedy(label)));
      }
    }
    List<PublicKey> keys = Pem.publicKeys(text);
    if (keys.isEmpty() || keys.size() != Pem.labels(text).size()) {
      throw new BadSecret(
          subject + " has no public key as PEM; get it with: openssl pkey -pubout -in KEY");
    }
    return keys;
  }

  private static String remedy(String label) {
    if (label.equals("RSA PUBLIC KEY")) {
      return "openssl rsa -RSAPublicKey_in -pubout -in KEY";
    }
    return label.contains("CERTIFICATE")
        ? "openssl x509 -pubkey -noout -in CERTIFICATE"
        : "openssl pkey -pubout -in KEY";
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

  private static VerificationKey entry(Jwk jwk) throws BadSecret {
    JWK key = jwk.key();
    try {
      if (key instanceof OctetSequenceKey secret) {
        if (secret.size() < 8 * SHORTEST_SECRET) {
          throw new BadSecret(
              "%s is a secret of fewer than %d bytes; make one with: openssl rand -hex 32"
                  .formatted(jwk.subject(), SHORTEST_SECRET));
        }
        return entry(jwk, JWSAlgorithm.HS256, secret.toSecretKey());
      }
      if (key.isPrivate()) {
        throw new BadSecret(
            jwk.subject() + " has a private key, which signs; a reader only needs the public one");
      }
      if (key instanceof RSAKey rsa && rsa.size() >= SHORTEST_RSA) {
        return entry(jwk, JWSAlgorithm.RS256, rsa.toRSAPublicKey());
      }
      if (key instanceof ECKey ec && Curve.P_256.equals(ec.getCurve())) {
        return entry(jwk, JWSAlgorithm.ES256, ec.toECPublicKey());
      }
    } catch (JOSEException e) {
      // Reported below.
    }
    throw unusable(jwk.subject());
  }

  private static VerificationKey entry(Jwk jwk, JWSAlgorithm algorithm, Key key)
      throws BadSecret, JOSEException {
    jwk.requireVerifies(algorithm);
    return new VerificationKey(algorithm, jwk.key().getKeyID(), jwk.id(), key);
  }

  private static BadSecret noSecret(String subject, String found) {
    return new BadSecret(
        "%s is %s, not a secret; name public keys in reader.jwt-key-file, or make a secret with: openssl rand -hex 32"
            .formatted(subject, found));
  }

  private static BadSecret unusable(String subject) {
    return new BadSecret(
        "%s has a key of another kind; give RSA keys of at least %d bits and keys on P-256"
            .formatted(subject, SHORTEST_RSA));
  }
}
