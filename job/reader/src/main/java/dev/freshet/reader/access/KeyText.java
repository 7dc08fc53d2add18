package dev.freshet.reader.access;

import dev.freshet.reader.secret.Pem;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Recognises the form of a key in a text. Only a {@link #PLAIN} text can be a secret: if the text
 * of a public key were accepted as a secret, anyone who has the public key could sign tokens.
 */
enum KeyText {
  /** A JSON object, such as a JWK or a JWK set. */
  JSON("JSON"),
  /** A PEM block of any kind, or a block in the similar form of RFC 4716. */
  PEM("PEM"),
  /** A line of OpenSSH. */
  OPEN_SSH("an OpenSSH key"),
  /** Base64 of DER: PEM without its first and last line. */
  DER("a key in DER"),
  /** Anything else. */
  PLAIN("plain text");

  private static final Pattern OPEN_SSH_LINE =
      Pattern.compile("(?m)^[ \\t]*(?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+[ \\t]");
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  private final String words;

  KeyText(String words) {
    this.words = words;
  }

  /** Returns the name of the form in messages. */
  String words() {
    return words;
  }

  static KeyText of(String text) {
    String start = text.strip();
    if (start.startsWith("{") || start.startsWith("[")) {
      return JSON;
    }
    if (Pem.isPem(text) || text.toUpperCase(Locale.ROOT).contains("---- BEGIN ")) {
      return PEM;
    }
    if (OPEN_SSH_LINE.matcher(text).find()) {
      return OPEN_SSH;
    }
    return isDer(base64(start)) ? DER : PLAIN;
  }

  private static byte[] base64(String text) {
    String digits = text.replaceAll("\\s", "").replace('-', '+').replace('_', '/');
    try {
      return Base64.getDecoder().decode(digits);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /**
   * Whether octets are a DER sequence that begins with a sequence (X.509) or an integer (PKCS #1,
   * PKCS #8). Few secrets look like that by chance: fewer than one in a million.
   */
  private static boolean isDer(byte[] octets) {
    if (octets.length < 4 || octets[0] != SEQUENCE) {
      return false;
    }
    int first = octets[1] & 0xff;
    int more = first < 0x80 ? 0 : first & 0x7f;
    if (more > 3 || octets.length <= 2 + more) {
      return false;
    }
    int length = more == 0 ? first : 0;
    for (int i = 0; i < more; i++) {
      length = (length << 8) | (octets[2 + i] & 0xff);
    }
    int tag = octets[2 + more];
    return length == octets.length - 2 - more && (tag == SEQUENCE || tag == INTEGER);
  }
}
