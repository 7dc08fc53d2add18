package dev.freshet.reader;

import dev.freshet.reader.secret.SecretText;
import dev.freshet.reader.secret.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key and its self-signed certificate for 127.0.0.1, created by keytool.
 *
 * @param certificate as PEM
 * @param key as PEM
 */
public record TestIdentity(String certificate, String key) {
  private static final String PASSWORD = "changeit";

  public static TestIdentity make(Path folder) throws Exception {
    Path file = folder.resolve("identity.p12");
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "test",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=127.0.0.1",
                    "-ext",
                    "SAN=ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    PASSWORD))
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new AssertionError("keytool failed");
    }
    KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    return new TestIdentity(
        pem("CERTIFICATE", store.getCertificate("test").getEncoded()),
        pem("PRIVATE KEY", store.getKey("test", PASSWORD.toCharArray()).getEncoded()));
  }

  public TlsIdentity tls() {
    return new TlsIdentity(
        new SecretText.Given("certificate", certificate), new SecretText.Given("key", key));
  }

  /** Returns an SSL context that trusts only this identity. */
  public SSLContext trusting() throws GeneralSecurityException, IOException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusting(new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII))));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** Returns a key store that trusts a certificate. */
  static KeyStore trusting(InputStream certificate) throws GeneralSecurityException, IOException {
    Certificate trusted = CertificateFactory.getInstance("X.509").generateCertificate(certificate);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", trusted);
    return store;
  }

  /**
   * Writes such a key store to a file, which MySQL's driver requires; its password is {@code
   * changeit}.
   */
  static Path trustFile(Path file, InputStream certificate) throws Exception {
    try (var out = Files.newOutputStream(file)) {
      trusting(certificate).store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private static String pem(String label, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(
            label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), label);
  }
}
