package dev.freshet.view.collation;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;

/**
 * What LOWER and UPPER make of each character, in the character set of a collation.
 *
 * <p>MySQL writes the letters over the text. Where they have more bytes than the characters up to
 * there, such as the capital of U+023F, they damage what follows, and there is no telling of the
 * result.
 *
 * <p>The resource is compressed and has, for each code point that has another case, the code point,
 * its small and its capital letter. Immutable; tables are read when they are first used.
 */
public final class LetterCases {
  /** The tables that were read, by resource. */
  private static final Map<String, LetterCases> TABLES = new ConcurrentHashMap<>();

  private static final String DAMAGED =
      "LOWER or UPPER gives a letter more bytes than it had; MySQL damages the text";

  private final Map<Integer, Integer> small = new HashMap<>();
  private final Map<Integer, Integer> capital = new HashMap<>();

  private LetterCases() {}

  /** The letters of a collation that {@link Collation} knows, or that compares bytes. */
  public static Optional<LetterCases> of(String collation) {
    return resource(collation).map(resource -> TABLES.computeIfAbsent(resource, LetterCases::read));
  }

  /** The resource of a collation; empty if there is none. */
  static Optional<String> resource(String collation) {
    if (collation.startsWith("utf8mb4_0900_")) {
      return Optional.of("cases900.gz").filter(r -> isKnown(collation));
    }
    if (!isKnown(collation)) {
      return Optional.empty();
    }
    if (collation.endsWith("_unicode_520_ci")) {
      return Optional.of("cases520.gz");
    }
    return Optional.of(
        collation.startsWith("utf8")
            ? "cases300.gz"
            : collation.startsWith("latin1") ? "cases_latin1.gz" : "cases_ascii.gz");
  }

  private static boolean isKnown(String collation) {
    return collation.equals("utf8mb4_0900_bin") || Collation.of(collation).isPresent();
  }

  private static LetterCases read(String resource) {
    LetterCases cases = new LetterCases();
    try (InputStream file = LetterCases.class.getResourceAsStream(resource);
        DataInputStream in = new DataInputStream(new GZIPInputStream(file))) {
      while (true) {
        int codePoint = in.readInt();
        cases.small.put(codePoint, in.readInt());
        cases.capital.put(codePoint, in.readInt());
      }
    } catch (EOFException e) {
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException("the table " + resource + " cannot be read", e);
    }
  }

  /**
   * What LOWER makes of a text.
   *
   * @throws ArithmeticException if MySQL damages the text
   */
  public String lower(String text) {
    return mapped(text, small);
  }

  /**
   * What UPPER makes of a text.
   *
   * @throws ArithmeticException if MySQL damages the text
   */
  public String upper(String text) {
    return mapped(text, capital);
  }

  int small(int codePoint) {
    return small.getOrDefault(codePoint, codePoint);
  }

  int capital(int codePoint) {
    return capital.getOrDefault(codePoint, codePoint);
  }

  private static String mapped(String text, Map<Integer, Integer> letters) {
    StringBuilder mapped = new StringBuilder(text.length());
    int room = 0;
    for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
      int codePoint = text.codePointAt(at);
      int letter = letters.getOrDefault(codePoint, codePoint);
      if (letter != codePoint) {
        room += bytes(codePoint) - bytes(letter);
      }
      if (room < 0) {
        throw new ArithmeticException(DAMAGED);
      }
      mapped.appendCodePoint(letter);
    }
    return mapped.toString();
  }

  private static int bytes(int codePoint) {
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
  }
}
