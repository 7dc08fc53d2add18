package dev.freshet.reader.access;

import static dev.freshet.reader.access.JwtBuilder.jwt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.freshet.reader.secret.BadSecret;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tests that a public key in any form is accepted as a public key or refused, and never used as a
 * secret.
 */
class VerificationKeysTest {
  private static final String KEYS = "freshet.yaml line 3: reader.jwt-key-file";
  private static final String SECRET = "freshet.yaml line 4: reader.jwt-secret-file";
  private static final String OPEN_SSH_REMEDY = "ssh-keygen -e -m PKCS8";

  /** The example key of RFC 7638, section 3.1. */
  private static final String EXAMPLE_KEY =
      "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\"}";

  private static final String EXAMPLE_THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBezCCASGgAwIBAgIUeB3ts/a2Xgtj5gPdpb5N/E2uMn8wCgYIKoZIzj0EAwIw
      EjEQMA4GA1UEAwwHZXhhbXBsZTAgFw0yNjExMzAyMDU0MDZaGA8yMTI2MTEwNjIw
      NTQwNlowEjEQMA4GA1UEAwwHZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEH
      A0IABNeT0h7TzCcoxk/F8SmO9fn5Z5KqWLRJdSUloxxtmHIk5g/yajZVksxLkTq5
      g/h3kT6gDoo5usPDh4k03wwKesyjUzBRMB0GA1UdDgQWBBQiVLAxIQHnG8YftVO+
      UvAOi8YSczAfBgNVHSMEGDAWgBQiVLAxIQHnG8YftVO+UvAOi8YSczAPBgNVHRMB
      Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCICl9a0bWBPUaOo6t475t0t58Ap8K
      5pCS0OulGwE24Om8AiEAjajDowcbAQvL748jpDmJuaaNautI9gTcckt1lPTw7w0=
      -----END CERTIFICATE-----
      """;

  private static RSAKey rsa;
  private static RSAPublicKey key;

  @BeforeAll
  static void makeKeys() throws JOSEException {
    rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
    key = rsa.toRSAPublicKey();
  }

  @Test
  void aPublicKeyIsNeverASecretInWhateverForm() throws Exception {
    Map<String, String> forms = forms();
    assertThat(forms).hasSizeGreaterThanOrEqualTo(10);
    for (Map.Entry<String, String> form : forms.entrySet()) {
      String text = form.getValue();
      assertThatThrownBy(() -> VerificationKeys.ofSecret(SECRET, text))
          .as(form.getKey())
          .isInstanceOf(BadSecret.class)
          .hasMessageStartingWith(SECRET)
          .hasMessageNotContaining(text);
      nobodySignsWithThePublicKey(form.getKey(), text);
    }
  }

  private static void nobodySignsWithThePublicKey(String form, String text) throws Exception {
    VerificationKeys keys;
    try {
      keys = VerificationKeys.ofPublicKeys(KEYS, text);
    } catch (BadSecret e) {
      assertThat(e).as(form).hasMessageStartingWith(KEYS).hasMessageNotContaining(text);
      assertThat(form).startsWith("refused");
      return;
    }
    assertThat(form).startsWith("accepted");
    SignedTokens tokens = new SignedTokens(keys, Optional.empty(), Optional.empty());
    String good = jwt("read:*").signed(new JWSHeader(JWSAlgorithm.RS256), new RSASSASigner(rsa));
    assertThat(tokens.verify(good)).isInstanceOf(Authentication.Granted.class);
    String claims = "{\"exp\":4102444800,\"scope\":\"read:*\"}";
    for (byte[] known :
        List.of(
            text.getBytes(StandardCharsets.UTF_8),
            text.strip().getBytes(StandardCharsets.UTF_8),
            key.getEncoded(),
            pkcs1())) {
      for (String algorithm : List.of("HS256", "RS256", "none")) {
        String forged = JwtBuilder.signed("{\"alg\":\"" + algorithm + "\"}", claims, known);
        assertThat(tokens.verify(forged)).as(form).isInstanceOf(Authentication.Denied.class);
      }
    }
  }

  /** The texts of one public key, by whether the setting for public keys takes them. */
  private static Map<String, String> forms() throws Exception {
    Map<String, String> forms = new LinkedHashMap<>();
    String jwk = rsa.toPublicJWK().toJSONString();
    forms.put("accepted: X.509 in PEM", pem("PUBLIC KEY", key.getEncoded()));
    forms.put("accepted: JWK", jwk);
    forms.put("accepted: JWK set", "{\"keys\":[" + jwk + "]}");
    forms.put("refused: PKCS #1 in PEM", pem("RSA PUBLIC KEY", pkcs1()));
    forms.put("refused: certificate in PEM", CERTIFICATE);
    forms.put("refused: certificate without PEM", CERTIFICATE.replaceAll("-----.*-----", ""));
    forms.put("refused: OpenSSH", openSsh() + " user@host");
    forms.put("refused: OpenSSH after a comment", "# key\n" + openSsh());
    forms.put(
        "refused: RFC 4716",
        "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----");
    forms.put(
        "refused: X.509 without PEM", Base64.getMimeEncoder().encodeToString(key.getEncoded()));
    forms.put("refused: PKCS #1 without PEM", Base64.getEncoder().encodeToString(pkcs1()));
    forms.put("refused: two JWKs in an array", "[" + jwk + "," + jwk + "]");
    forms.put("refused: a JWK with a name twice", jwk.replace("{", "{\"kid\":\"r0\","));
    forms.put("refused: a JWK set and more", "{\"keys\":[" + jwk + "]} {}");
    return forms;
  }

  @Test
  void aPublicKeyInThePlaceOfASecretIsRefusedWithTheSettingForIt() {
    for (String text :
        List.of(EXAMPLE_KEY, openSsh(), pem("PUBLIC KEY", key.getEncoded()), pem("X", pkcs1()))) {
      assertThatThrownBy(() -> VerificationKeys.ofSecret(SECRET, text))
          .hasMessageContaining("not a secret; name public keys in reader.jwt-key-file");
    }
  }

  @Test
  void aPrivateKeyIsRefusedInBothSettings() throws Exception {
    for (String text :
        List.of(
            rsa.toJSONString(),
            new JWKSet(rsa).toString(false),
            pem("PRIVATE KEY", rsa.toPrivateKey().getEncoded()),
            pem("RSA PRIVATE KEY", new byte[99]),
            pem("OPENSSH PRIVATE KEY", new byte[99]))) {
      assertThatThrownBy(() -> VerificationKeys.ofPublicKeys(KEYS, text))
          .isInstanceOf(BadSecret.class)
          .hasMessageNotContaining(text);
      assertThatThrownBy(() -> VerificationKeys.ofSecret(SECRET, text))
          .isInstanceOf(BadSecret.class)
          .hasMessageNotContaining(text);
    }
  }

  @Test
  void aSecretInThePlaceOfPublicKeysIsRefusedWithTheSettingForIt() {
    String secret = JwtBuilder.SECRET;
    refused(secret, "neither PEM nor a JWK set", "name its file in reader.jwt-secret-file");
    refused(oct(""), "is a secret", "reader.jwt-secret-file");
    refused("{\"keys\":[" + oct("") + "]}", "is a secret", "reader.jwt-secret-file");
  }

  @Test
  void keysThatCannotBeUsedAreRefusedWithoutShowingThem() throws Exception {
    refused("{\"keys\":[]}", "is not a JWK set with a key");
    refused("{nonsense", "is not a JWK set with a key");
    refused(
        "{\"keys\":[{\"kty\":\"new\",\"kid\":\"n1\"}]}", "key 'n1' is not a JWK of a known type");
    refused("{\"keys\":[7]}", "key 1 is not a JWK of a known type");
    refused(
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
        "of another kind");
    refused(
        pem("PUBLIC KEY", new ECKeyGenerator(Curve.P_384).generate().toECPublicKey().getEncoded()),
        "of another kind");
    Key small = new RSAKeyGenerator(1024, true).generate().toRSAPublicKey();
    refused(pem("PUBLIC KEY", small.getEncoded()), "of another kind");
    refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "has no public key");
    refused("-----BEGIN PUBLIC KEY-----\n", "has no public key");
    refused(pem("PUBLIC KEY", key.getEncoded()) + pem("CERTIFICATE", pkcs1()), "CERTIFICATE");
    refused(openSsh(), OPEN_SSH_REMEDY);
  }

  @Test
  void aSecretThatCannotBeUsedIsRefused() {
    for (String text : List.of("too-short-a-secret", "{\"kty\":\"oct\",\"k\":\"aGFzaC1oYXNo\"}")) {
      assertThatThrownBy(() -> VerificationKeys.ofSecret(SECRET, text))
          .hasMessageContaining("fewer than 32 bytes")
          .hasMessageNotContaining(text);
    }
  }

  @Test
  void whatAJwkSaysItIsForIsHonoured() throws Exception {
    for (String wrong :
        List.of(
            "\"use\":\"enc\"",
            "\"use\":\"other\"",
            "\"alg\":\"RS512\"",
            "\"alg\":\"HS256\"",
            "\"alg\":\"RSA-OAEP\"",
            "\"key_ops\":[]",
            "\"key_ops\":[\"sign\",\"encrypt\"]")) {
      String name = wrong.substring(1, wrong.indexOf('"', 1));
      refused(jwkWith(wrong), "key 'r1' has " + name + " ");
    }
    for (String right :
        List.of(
            "\"use\":\"sig\"", "\"alg\":\"RS256\"", "\"key_ops\":[\"verify\"]", "\"x\":\"enc\"")) {
      VerificationKeys.ofPublicKeys(KEYS, jwkWith(right));
    }
    assertThatThrownBy(() -> VerificationKeys.ofSecret(SECRET, oct(",\"use\":\"enc\"")))
        .hasMessageContaining("key 1 has use enc");
    VerificationKeys.ofSecret(SECRET, oct(",\"alg\":\"HS256\""));
  }

  @Test
  void theSummaryNamesKeysByKindAndIdAndShowsNone() throws Exception {
    String secret = VerificationKeys.ofSecret(SECRET, JwtBuilder.SECRET).summary();
    assertThat(secret).isEqualTo("HS256 secret");
    String both =
        VerificationKeys.ofPublicKeys(KEYS, EXAMPLE_KEY)
            .and(VerificationKeys.ofPublicKeys(KEYS, jwkWith("\"x\":1")))
            .and(VerificationKeys.ofSecret(SECRET, oct(",\"kid\":\"a\\nb\"")))
            .summary();
    assertThat(both).isEqualTo("RS256 " + EXAMPLE_THUMBPRINT + ", RS256 'r1', HS256 'a\\u000ab'");
  }

  private static String jwkWith(String parameter) {
    return rsa.toPublicJWK().toJSONString().replaceFirst("\\{", "{" + parameter + ",");
  }

  private static String oct(String more) {
    String value =
        new OctetSequenceKey.Builder(JwtBuilder.SECRET.getBytes(StandardCharsets.UTF_8))
            .build()
            .getKeyValue()
            .toString();
    return "{\"kty\":\"oct\",\"k\":\"" + value + "\"" + more + "}";
  }

  private static void refused(String keys, String... because) {
    assertThatThrownBy(() -> VerificationKeys.ofPublicKeys(KEYS, keys))
        .isInstanceOf(BadSecret.class)
        .hasMessageStartingWith(KEYS)
        .hasMessageContainingAll(because)
        .hasMessageNotContaining(keys);
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label);
  }

  /** Returns the RSAPublicKey in the bit string of X.509, after a header of 24 bytes. */
  private static byte[] pkcs1() {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, 24, encoded.length);
  }

  private static String openSsh() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part :
        List.of(
            "ssh-rsa".getBytes(StandardCharsets.US_ASCII),
            key.getPublicExponent().toByteArray(),
            key.getModulus().toByteArray())) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
      out.writeBytes(part);
    }
    return "ssh-rsa " + Base64.getEncoder().encodeToString(out.toByteArray());
  }
}
