package dev.freshet.servers;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;

/**
 * A file of a Maven repository that a package names instead of containing it.
 *
 * @param path the path in the repository
 * @param sha256 the SHA-256 of the content, in hexadecimal digits
 */
record Download(String path, String sha256) {
  /** The list of downloads in a package's {@code lib}, in the form of {@code sha256sum}. */
  static final String LIST = "downloads.sha256";

  /** The environment variable with the URL of a Maven repository, also a {@code file:} URL. */
  static final String REPOSITORY = "FRESHET_MAVEN_URL";

  private static final Set<String> SCHEMES = Set.of("https", "http", "file");
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** Reads a line of the list. */
  static Download parse(String line) {
    String[] parts = line.split(" {2}", 2);
    if (parts.length != 2 || parts[0].length() != 64) {
      throw new ServerException("\"" + line + "\" in " + LIST + " is not a SHA-256 and a path");
    }
    return new Download(parts[1], parts[0]);
  }

  String fileName() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * The file in the repository that the environment names.
   *
   * @throws ServerException if the environment names none, or one that cannot be used
   */
  URI source() {
    return source(System.getenv(REPOSITORY));
  }

  /**
   * The file in a repository. Java does not send the user and password of a URL, and messages show
   * the URL; therefore such a URL is refused, without its value.
   */
  URI source(String named) {
    if (named == null || named.isBlank()) {
      throw new ServerException(
          "The package does not contain %s; set %s to the URL of a Maven repository that has it, or give an installed MySQL with --mysql"
              .formatted(fileName(), REPOSITORY));
    }
    if (named.contains("@")) {
      throw new ServerException(
          "%s has a user or a password, which would not be sent; set it to a repository that needs none, such as file:///… with a copy, or give an installed MySQL with --mysql"
              .formatted(REPOSITORY));
    }
    String url = named.strip().replaceFirst("/+$", "") + "/" + path;
    try {
      URI source = new URI(url);
      if (source.getScheme() != null && SCHEMES.contains(source.getScheme())) {
        return source;
      }
    } catch (URISyntaxException e) {
      throw new ServerException(
          "%s is '%s', which is no URL (%s); set it to the URL of a Maven repository"
              .formatted(REPOSITORY, named.strip(), e.getReason()),
          e);
    }
    throw new ServerException(
        "%s is '%s', which does not begin with https://, http:// or file:///; set it to the URL of a Maven repository"
            .formatted(REPOSITORY, named.strip()));
  }

  /**
   * Downloads the file.
   *
   * @param file where to write it; replaced if it exists
   * @throws ServerException if the file cannot be downloaded or has another content
   */
  void to(URI source, Path file) {
    MessageDigest digest = sha256Digest();
    try {
      URLConnection connection = source.toURL().openConnection();
      connection.setConnectTimeout((int) SILENCE.toMillis());
      connection.setReadTimeout((int) SILENCE.toMillis());
      try (InputStream in = new DigestInputStream(connection.getInputStream(), digest)) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new ServerException(
          "%s cannot be downloaded (%s); check the network, or set %s to another Maven repository, or give an installed MySQL with --mysql"
              .formatted(source, e, REPOSITORY),
          e);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(sha256)) {
      throw new ServerException(
          "%s has the SHA-256 %s instead of %s; try again, or set %s to another Maven repository"
              .formatted(source, found, sha256, REPOSITORY));
    }
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
