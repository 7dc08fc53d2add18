package dev.freshet.servers;

import java.security.SecureRandom;
import java.util.Base64;

/** Makes passwords that need no quoting anywhere. */
public final class Passwords {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Passwords() {}

  /** 144 random bits as letters, digits, {@code -} and {@code _}. */
  public static String generate() {
    byte[] bytes = new byte[18];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Refuses what would need quoting in SQL. */
  static String required(String subject, String password) {
    if (!password.matches("[A-Za-z0-9_-]{8,}")) {
      throw new IllegalArgumentException(
          subject + ": a password is at least 8 letters, digits, - or _; generate one");
    }
    return password;
  }
}
