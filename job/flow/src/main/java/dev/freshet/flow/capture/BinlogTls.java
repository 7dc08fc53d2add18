package dev.freshet.flow.capture;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the JDBC driver is told of TLS, in the words of the binlog's client, so that one setting
 * holds for both.
 */
final class BinlogTls {
  private static final String PREFIX = "database.ssl.";

  private BinlogTls() {}

  /** Debezium's options for these properties of the JDBC driver. */
  static Map<String, String> of(Map<String, String> jdbc) {
    Map<String, String> options = new LinkedHashMap<>();
    take(jdbc, "sslMode", options, "mode");
    take(jdbc, "trustCertificateKeyStoreUrl", options, "truststore");
    take(jdbc, "trustCertificateKeyStorePassword", options, "truststore.password");
    take(jdbc, "clientCertificateKeyStoreUrl", options, "keystore");
    take(jdbc, "clientCertificateKeyStorePassword", options, "keystore.password");
    options.computeIfPresent(PREFIX + "mode", (name, mode) -> mode.toLowerCase(Locale.ROOT));
    options.computeIfPresent(PREFIX + "truststore", (name, url) -> path(url));
    options.computeIfPresent(PREFIX + "keystore", (name, url) -> path(url));
    return options;
  }

  private static void take(
      Map<String, String> jdbc, String from, Map<String, String> options, String to) {
    String value = jdbc.get(from);
    if (value != null) {
      options.put(PREFIX + to, value);
    }
  }

  /** The driver takes a URL, Debezium a path. */
  private static String path(String url) {
    return url.startsWith("file:") ? URI.create(url).getPath() : url;
  }
}
