package dev.freshet.servers;

import java.security.SecureRandom;
import java.util.Base64;

/** Generates passwords that need no quoting. */
public final class Passwords {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Passwords() {}

  /** A new password: 144 random bits as letters, digits, {@code -} and {@code _}. */
  public static String generate() {
    byte[] bytes = new byte[18];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Refuses a password that is too short or would need quoting in SQL. */
  static String required(String subject, String password) {
    if (!password.matches("[A-Za-z0-9_-]{8,}")) {
      throw new IllegalArgumentException(
          subject + ": a password is at least 8 letters, digits, - or _; generate one");
    }
    return password;
  }
}
