package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key store with a key and a certificate for TLS, in both directions: whoever has it shows this
 * certificate, and trusts the certificates in the store, which include its own. So a server and its
 * clients that share one store accept nobody else.
 *
 * @param file the key store (PKCS #12, or JKS)
 * @param password the password of the store and of its key; {@link #toString} does not show it
 */
public record TlsKeys(Path file, String password) {
  private static final Duration MAKE = Duration.ofMinutes(1);
  private static final int ITERATIONS = 100;

  public TlsKeys {
    file = file.toAbsolutePath().normalize();
    Objects.requireNonNull(password, "password");
  }

  /**
   * Makes a key store with a new key and a certificate for the loopback interface, unless the file
   * exists. Only the owner can read it.
   *
   * @param password the password of a new store, which must be a generated one, or of the store
   *     that exists
   */
  public static TlsKeys make(Path file, String password) {
    TlsKeys keys = new TlsKeys(file, Passwords.required("Key store", password));
    Path given = keys.file().resolveSibling(keys.file().getFileName() + ".password");
    Path unfinished = keys.file().resolveSibling(keys.file().getFileName() + ".unfinished");
    Path log = keys.file().resolveSibling("keytool.log");
    try {
      if (!Files.exists(keys.file())) {
        // Keytool reads the password from a file, because all users can see arguments.
        Files.deleteIfExists(unfinished);
        PrivateFile.write(given, password);
        keytool(given, unfinished, log);
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
        Files.move(unfinished, keys.file());
        Files.deleteIfExists(log);
      }
      return keys;
    } catch (IOException e) {
      throw new ServerException("Key store " + file + " cannot be written (" + e + ")", e);
    } finally {
      delete(given);
    }
  }

  private static void keytool(Path password, Path store, Path log) {
    ServerProcess.run(
        new ServerCommand(
            "keytool",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-Xmx64m",
                "-J-XX:+UseSerialGC",
                "-J-XX:TieredStopAtLevel=1",
                // Each TLS context of Flink derives the keys again. Iterations protect only
                // passwords that can be guessed, and this one is generated.
                "-J-Dkeystore.pkcs12.certPbeIterationCount=" + ITERATIONS,
                "-J-Dkeystore.pkcs12.keyPbeIterationCount=" + ITERATIONS,
                "-J-Dkeystore.pkcs12.macIterationCount=" + ITERATIONS,
                "-genkeypair",
                "-alias",
                "freshet",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=freshet",
                "-ext",
                "SAN=ip:" + Ports.HOST,
                "-validity",
                "3650",
                "-storetype",
                "PKCS12",
                "-storepass:file",
                password.toString(),
                "-keystore",
                store.toString()),
            store.getParent(),
            log),
        List.of(),
        MAKE);
  }

  /**
   * Returns a context for clients that show the store's certificate, if it has a key.
   *
   * @throws ServerException if the store cannot be read, or not with this password
   */
  public SSLContext context() {
    try {
      KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new ServerException(
          "Key store %s cannot be read (%s); check the file and its password"
              .formatted(file, Optional.ofNullable(e.getMessage()).orElse(e.toString())),
          e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new ServerException("File " + file + " holds a password and cannot be deleted", e);
    }
  }

  @Override
  public String toString() {
    return "TlsKeys[" + file + "]";
  }
}
