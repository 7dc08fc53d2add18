package dev.freshet.reader.secret;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses RSA and elliptic curve keys in PEM. */
public final class Pem {
  /** The label of a public key's block. */
  public static final String PUBLIC_KEY = "PUBLIC KEY";

  private static final Pattern LABEL = Pattern.compile("-----BEGIN ([^-\\r\\n]{0,64})");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC");

  private Pem() {}

  /** Whether a text contains a PEM block. */
  public static boolean isPem(String text) {
    return text.contains("-----BEGIN ");
  }

  /** Returns the labels of all PEM blocks that begin in a text. */
  public static List<String> labels(String text) {
    return LABEL.matcher(text).results().map(begin -> begin.group(1)).toList();
  }

  /**
   * Parses all public keys of a text; empty if one of them is malformed.
   *
   * @param text has blocks {@code PUBLIC KEY}
   */
  public static List<PublicKey> publicKeys(String text) {
    List<PublicKey> keys = new ArrayList<>();
    for (byte[] block : blocks(text, PUBLIC_KEY)) {
      Optional<PublicKey> key =
          made(factory -> factory.generatePublic(new X509EncodedKeySpec(block)));
      if (key.isEmpty()) {
        return List.of();
      }
      keys.add(key.get());
    }
    return keys;
  }

  /**
   * Parses the private key of a text; empty if it is malformed.
   *
   * @param text has one block {@code PRIVATE KEY}: PKCS #8 without a pass phrase
   */
  static Optional<PrivateKey> privateKey(String text) {
    List<byte[]> blocks = blocks(text, "PRIVATE KEY");
    return blocks.size() == 1
        ? made(factory -> factory.generatePrivate(new PKCS8EncodedKeySpec(blocks.get(0))))
        : Optional.empty();
  }

  private interface Maker<K> {
    K from(KeyFactory factory) throws GeneralSecurityException;
  }

  private static <K> Optional<K> made(Maker<K> maker) {
    for (String algorithm : ALGORITHMS) {
      try {
        return Optional.of(maker.from(KeyFactory.getInstance(algorithm)));
      } catch (GeneralSecurityException e) {
        // The key is not of this algorithm.
      }
    }
    return Optional.empty();
  }

  private static List<byte[]> blocks(String text, String label) {
    Matcher block =
        Pattern.compile("-----BEGIN %s-----([^-]*)-----END %s-----".formatted(label, label))
            .matcher(text);
    List<byte[]> blocks = new ArrayList<>();
    while (block.find()) {
      try {
        blocks.add(Base64.getMimeDecoder().decode(block.group(1)));
      } catch (IllegalArgumentException e) {
        blocks.add(new byte[0]);
      }
    }
    return blocks;
  }
}
