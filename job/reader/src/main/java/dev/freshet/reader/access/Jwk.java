package dev.freshet.reader.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import dev.freshet.reader.secret.BadSecret;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.form.OneLine;
import dev.freshet.view.form.StrictJson;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON Web Key (RFC 7517).
 *
 * @param subject the name of the key in messages, with its {@code kid} if it has one
 */
record Jwk(String subject, JWK key) {
  private static final String KEYS = "keys";
  private static final int LONGEST_ID = 100;

  /**
   * Parses a JWK, or a JWK set with at least one key.
   *
   * @param subject the text's name in messages
   * @throws BadSecret if a key, of whatever kind, is malformed or of an unknown type
   */
  static List<Jwk> parse(String subject, String text) throws BadSecret {
    JsonNode root;
    try {
      root = StrictJson.parse(text);
    } catch (BadForm e) {
      throw new BadSecret(
          "%s is not a JWK set with a key: it is %s; give {\"keys\": [{…}]}"
              .formatted(subject, e.getMessage()));
    }
    JsonNode keys = root.path(KEYS);
    if (root.has("kty") && !root.has(KEYS)) {
      return List.of(parse(subject, root, 1));
    }
    if (!keys.isArray() || keys.isEmpty()) {
      throw new BadSecret(subject + " is not a JWK set with a key; give {\"keys\": [{…}]}");
    }
    List<Jwk> parsed = new ArrayList<>();
    for (JsonNode key : keys) {
      parsed.add(parse(subject, key, parsed.size() + 1));
    }
    return parsed;
  }

  private static Jwk parse(String subject, JsonNode key, int number) throws BadSecret {
    JsonNode id = key.path("kid");
    String name =
        "%s: key %s"
            .formatted(
                subject,
                id.isTextual() ? "'" + OneLine.of(id.textValue(), LONGEST_ID) + "'" : number);
    try {
      if (key.isObject()) {
        return new Jwk(name, JWK.parse(key.toString()));
      }
    } catch (ParseException | RuntimeException e) {
      // The exception's message may quote a key, so it is dropped.
    }
    throw new BadSecret(
        name + " is not a JWK of a known type (RSA, EC or oct); correct it, or remove it");
  }

  /**
   * Requires that no parameter of the key forbids verification with an algorithm.
   *
   * @throws BadSecret naming the parameter of the key that forbids it
   */
  void requireVerifies(JWSAlgorithm algorithm) throws BadSecret {
    if (key.getKeyUse() != null && !key.getKeyUse().equals(KeyUse.SIGNATURE)) {
      throw refused("use", key.getKeyUse().identifier(), "sig");
    }
    if (key.getAlgorithm() != null && !key.getAlgorithm().equals(algorithm)) {
      throw refused("alg", key.getAlgorithm().getName(), algorithm.getName());
    }
    if (key.getKeyOperations() != null && !key.getKeyOperations().contains(KeyOperation.VERIFY)) {
      throw refused("key_ops", "without verify", "verify");
    }
  }

  private BadSecret refused(String parameter, String value, String needed) {
    return new BadSecret(
        "%s has %s %s, but a key for signed tokens needs %s; remove the key, or the parameter"
            .formatted(subject, parameter, OneLine.of(value, LONGEST_ID), needed));
  }

  /**
   * Returns the {@code kid} in quotes, or else the thumbprint; the word {@code secret} for a secret
   * without a {@code kid}.
   */
  String id() throws JOSEException {
    if (key.getKeyID() != null) {
      return "'" + OneLine.of(key.getKeyID(), LONGEST_ID) + "'";
    }
    return key instanceof OctetSequenceKey ? "secret" : key.computeThumbprint().toString();
  }
}
