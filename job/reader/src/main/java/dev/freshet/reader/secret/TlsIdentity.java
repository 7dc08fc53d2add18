package dev.freshet.reader.secret;

import dev.freshet.config.Setting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Objects;
import java.util.Optional;

/**
 * The certificate and the key with which the reader identifies itself over TLS.
 *
 * @param certificate the certificate in PEM, followed by those of its issuers
 * @param key the certificate's private key in PEM: PKCS #8, RSA or elliptic curve, no pass phrase
 */
public record TlsIdentity(SecretText certificate, SecretText key) {
  /** The password of the key store, which never leaves this process. */
  public static final String PASSWORD = "in-memory";

  public TlsIdentity {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(key, "key");
  }

  /**
   * Returns a key store with the certificate and the key, protected by {@link #PASSWORD}.
   *
   * @throws BadSecret if certificate or key is malformed, or they do not belong together
   */
  public KeyStore keyStore() throws BadSecret {
    Certificate[] chain = chain();
    Optional<PrivateKey> privateKey = Pem.privateKey(key.read());
    if (privateKey.isEmpty()) {
      throw new BadSecret(
          key.name()
              + " is not a supported private key (PEM, PKCS #8, no pass phrase);"
              + " convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }
    if (!belongTogether(privateKey.get(), chain[0])) {
      throw new BadSecret(
          "%s is not the key of the first certificate in %s; give the key of that certificate"
              .formatted(key.name(), Setting.READER_TLS_CERTIFICATE_FILE.path()));
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("reader", privateKey.get(), PASSWORD.toCharArray(), chain);
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("The TLS key cannot be put into a PKCS #12 store", e);
    }
  }

  private Certificate[] chain() throws BadSecret {
    byte[] text = certificate.read().getBytes(StandardCharsets.US_ASCII);
    try {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(text))
              .toArray(Certificate[]::new);
      if (chain.length > 0) {
        return chain;
      }
    } catch (GeneralSecurityException e) {
      // Reported below.
    }
    throw new BadSecret(
        certificate.name() + " is not a certificate; give PEM, the reader's own first");
  }

  private static boolean belongTogether(PrivateKey key, Certificate certificate) {
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      byte[] message = {1};
      signature.initSign(key);
      signature.update(message);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
