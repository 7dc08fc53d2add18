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
 * Who a listener is to those who come over TLS.
 *
 * @param certificate as PEM, its issuers' behind it
 * @param key its private key as PEM: PKCS #8, RSA or elliptic curve, without a pass phrase
 */
public record TlsIdentity(SecretText certificate, SecretText key) {
  /** Guards a key store that never leaves this process. */
  public static final String PASSWORD = "in-memory";

  public TlsIdentity {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(key, "key");
  }

  /**
   * Both, as Java's TLS takes them, under {@link #PASSWORD}.
   *
   * @throws BadSecret when one of them is none or they do not belong together
   */
  public KeyStore keyStore() throws BadSecret {
    Certificate[] chain = chain();
    Optional<PrivateKey> privateKey = Pem.privateKey(key.read());
    if (privateKey.isEmpty()) {
      throw new BadSecret(
          key.name()
              + " is no private key that is read here (PEM, PKCS #8, no pass phrase);"
              + " convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }
    if (!belongTogether(privateKey.get(), chain[0])) {
      throw new BadSecret(
          "%s is not the key of the first certificate in %s; give the key that it was made for"
              .formatted(key.name(), Setting.READER_TLS_CERTIFICATE_FILE.path()));
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("reader", privateKey.get(), PASSWORD.toCharArray(), chain);
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java has PKCS #12", e);
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
        certificate.name() + " is no certificate; give PEM, the reader's own first");
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
