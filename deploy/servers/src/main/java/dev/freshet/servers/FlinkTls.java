package dev.freshet.servers;

import java.util.HashMap;
import java.util.Map;

/**
 * Flink's options for TLS with a key store. They contain its password, so they belong into a file
 * that only its owner can read, and not into arguments.
 */
final class FlinkTls {
  /**
   * Flink's own default has no forward secrecy, and newer Java versions refuse it. ChaCha20 comes
   * first because a job's jar crosses three connections, and AES is four times slower in a JVM
   * without its second compiler.
   */
  private static final String ALGORITHMS =
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,"
          + "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,"
          + "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";

  private FlinkTls() {}

  /** The options of a cluster that accepts only connections from owners of the same key store. */
  static Map<String, String> cluster(TlsKeys keys) {
    Map<String, String> options = client(keys);
    options.put("security.ssl.rest.enabled", "true");
    // RPC, jars and data: nobody else can join as a task manager.
    options.put("security.ssl.internal.enabled", "true");
    put(options, "internal", keys);
    return options;
  }

  /** The options of a client that shows the store's certificate and trusts the store. */
  static Map<String, String> client(TlsKeys keys) {
    Map<String, String> options = new HashMap<>();
    options.put("security.ssl.rest.authentication-enabled", "true");
    options.put("security.ssl.algorithms", ALGORITHMS);
    put(options, "rest", keys);
    return options;
  }

  private static void put(Map<String, String> options, String connections, TlsKeys keys) {
    String prefix = "security.ssl." + connections + ".";
    options.put(prefix + "keystore", keys.file().toString());
    options.put(prefix + "keystore-password", keys.password());
    options.put(prefix + "key-password", keys.password());
    options.put(prefix + "truststore", keys.file().toString());
    options.put(prefix + "truststore-password", keys.password());
  }
}
