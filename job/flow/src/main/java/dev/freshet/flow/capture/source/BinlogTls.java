package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.network.DefaultSSLSocketFactory;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Applies the JDBC driver's TLS properties to the binlog client, so that one setting serves both.
 * Without {@code sslMode} the binlog is read without TLS.
 */
final class BinlogTls {
  private BinlogTls() {}

  /** Configures a client by properties of the JDBC driver. */
  static void set(BinaryLogClient client, Map<String, String> jdbc) {
    SSLMode mode = mode(jdbc);
    client.setSSLMode(mode);
    if (mode != SSLMode.DISABLED) {
      client.setSslSocketFactory(
          new DefaultSSLSocketFactory("TLS") {
            @Override
            protected void initSSLContext(SSLContext context) throws GeneralSecurityException {
              context.init(keys(jdbc), trusted(jdbc, mode), null);
            }
          });
    }
  }

  static SSLMode mode(Map<String, String> jdbc) {
    return SSLMode.valueOf(jdbc.getOrDefault("sslMode", "DISABLED").toUpperCase(Locale.ROOT));
  }

  private static KeyManager[] keys(Map<String, String> jdbc) throws GeneralSecurityException {
    String url = jdbc.get("clientCertificateKeyStoreUrl");
    if (url == null) {
      return null;
    }
    String password = jdbc.getOrDefault("clientCertificateKeyStorePassword", "");
    KeyManagerFactory keys = KeyManagerFactory.getInstance("NewSunX509");
    keys.init(store(url, password), password.toCharArray());
    return keys.getKeyManagers();
  }

  private static TrustManager[] trusted(Map<String, String> jdbc, SSLMode mode)
      throws GeneralSecurityException {
    String url = jdbc.get("trustCertificateKeyStoreUrl");
    if (url == null && (mode == SSLMode.PREFERRED || mode == SSLMode.REQUIRED)) {
      return new TrustManager[] {new Anybody()};
    }
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(
        url == null ? null : store(url, jdbc.getOrDefault("trustCertificateKeyStorePassword", "")));
    return trusted.getTrustManagers();
  }

  private static KeyStore store(String url, String password) throws GeneralSecurityException {
    Path path = path(url);
    try (InputStream in = Files.newInputStream(path)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(in, password.toCharArray());
      return store;
    } catch (IOException e) {
      throw new GeneralSecurityException(
          "TLS: key store " + path + " cannot be read; correct its path or its password", e);
    }
  }

  /** Returns the path of a key store; the driver accepts a {@code file:} URL or a path. */
  static Path path(String url) {
    return Path.of(url.startsWith("file:") ? URI.create(url).getPath() : url);
  }

  /** Encrypts without verifying the server, as PREFERRED and REQUIRED specify. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
